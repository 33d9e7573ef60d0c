"""What the command says of accounts."""

import click


def show_code(name: str, code: str) -> None:
    """Show the one-time code of an account, and say what it is for."""
    click.echo(f"{name}  {code}")
    click.echo(
        "一次性登录码，只显示一次，24 小时内有效，登录后设置新密码"
        " · a one-time code, shown once, valid for 24 hours; it leads to the choice of a password",
        err=True,
    )
