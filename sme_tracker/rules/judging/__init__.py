"""A rule set made ready to be asked: its conditions, papers and scorecard as functions of an enterprise on a day."""
