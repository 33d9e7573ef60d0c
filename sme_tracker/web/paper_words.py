"""The words for the papers rules count: their kinds and sorts, their fields, the choices of a field."""

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from sme_tracker.web.language import lazy_gettext as _l

PAPERS_NAMED: Mapping[str, LazyString] = {
    "ip_assets": _l("Intellectual property"),
    "certificates": _l("Certificates"),
    "certificates.management_system": _l("Management system certificate"),
    "certificates.overseas_product": _l("Product certificate from a developed country or region"),
    "certificates.high_tech_enterprise": _l("High-tech enterprise certificate"),
    "certificates.technology_innovation_demonstration": _l("National technology innovation demonstration enterprise"),
    "certificates.ip_demonstration": _l("National IP advantage or demonstration enterprise"),
    "institutions": _l("R&D institutions"),
    "awards": _l("Awards"),
    "awards.science": _l("Science and technology award"),
    "awards.quality": _l("Quality award"),
    "awards.maker_china": _l("Maker China contest"),
    "equity_rounds": _l("New equity"),
    "platform_scores": _l("Development score of the national platform"),
    "market_shares": _l("Market share statement"),
    "compliance_notes": _l("Compliance notes"),
    "compliance_notes.abnormal_list": _l("On the list of abnormal operation"),
    "compliance_notes.serious_breach": _l("On the list of serious breaches"),
    "compliance_notes.restricted_product": _l("Restricted product"),
    "compliance_notes.major_incident": _l("Major incident"),
    "group_relations": _l("Group relations"),
    "group_relations.held_by_little_giant": _l("Held by a Little Giant"),
    "group_relations.same_group_similar_product": _l("Similar product in the same group"),
    "statements": _l("Statements"),
    "statements.own_brand": _l("Own brand"),
    "statements.information_system": _l("Information system"),
    "statements.chain_link": _l("Statement on the chain link"),
    "statements.product_field": _l("Field of the main product"),
    "statements.industry_field": _l("Industry of the main product"),
    "statements.product_role": _l("Role of the main product"),
    "statements.digital_level": _l("Digital level"),
    "statements.standard": _l("Standards taken part in"),
    "judgements": _l("Judgement"),
    "judgements.key_chain_link": _l("Key link of an industrial chain"),
    "judgements.market_share_high": _l("Relatively high market share"),
    "judgements.sound_accounts": _l("Sound accounts"),
    "judgements.local_feature": _l("Local feature points"),
    "judgements.jilin_2022_special_condition": _l("Another special condition of Jilin"),
    "judgements.jilin_2022_no_restriction": _l("No restriction of Jilin applies"),
}
"""What a kind of paper is called, a sort within the kind, and a question that is judged."""

PAPER_KINDS: Mapping[str, LazyString] = {
    "ip_assets": PAPERS_NAMED["ip_assets"],
    "certificates": PAPERS_NAMED["certificates"],
    "institutions": PAPERS_NAMED["institutions"],
    "awards": PAPERS_NAMED["awards"],
    "equity_rounds": PAPERS_NAMED["equity_rounds"],
    "platform_scores": PAPERS_NAMED["platform_scores"],
    "market_shares": PAPERS_NAMED["market_shares"],
    "statements": PAPERS_NAMED["statements"],
    "compliance_notes": PAPERS_NAMED["compliance_notes"],
    "group_relations": PAPERS_NAMED["group_relations"],
}

PAPER_FIELDS: Mapping[str, LazyString] = {
    "kind": _l("Kind"),
    "ip_class": _l("Class"),
    "acquisition": _l("Acquired by"),
    "linked_to_main_product": _l("Tied to the main product"),
    "in_use": _l("In use"),
    "high_value": _l("Of high value"),
    "owner_rank": _l("Rank among the owners"),
    "level": _l("Level of recognition"),
    "rank": _l("Rank"),
    "amount_wan": _l("Amount (CNY 10,000)"),
    "qualified": _l("Paid by qualified investors"),
    "year": _l("Year"),
    "score": _l("Score"),
    "scope": _l("Market"),
    "share_percent": _l("Share (%)"),
    "detail": _l("Field or role"),
    "number": _l("Level or number"),
}

PAPER_CHOICES: Mapping[str, Mapping[str, LazyString]] = {
    "ip_class": {"1": _l("Class I"), "2": _l("Class II")},
    "acquisition": {"original": _l("own development"), "transferred": _l("transfer")},
    "level": {
        "national": _l("national level"),
        "provincial": _l("provincial level"),
        "municipal": _l("municipal level"),
        "below": _l("below municipal level"),
    },
    "scope": {
        "national": _l("national market"),
        "world": _l("world market"),
        "province": _l("market of the province"),
    },
    "detail": {
        "six_bases": _l("six industrial bases"),
        "ten_key_fields": _l("ten key fields of manufacturing"),
        "network_power": _l("building a network power"),
        "strategic_emerging": _l("strategic emerging industry"),
        "upgraded_traditional_chain": _l("upgraded traditional chain"),
        "emerging_chain": _l("emerging industrial chain"),
        "future_chain": _l("future industrial chain"),
        "fills_gap": _l("fills a gap"),
        "strengthens_chain": _l("strengthens the chain"),
        "time_honoured_brand": _l("time-honoured brand"),
        "serves_leader": _l("supplies a leading firm"),
    },
}
"""The choices of a paper's fields; the sorts of paper are in PAPERS_NAMED as "certificates.high_tech_enterprise"."""


def sort_words(kind: str, sort: str) -> str:
    """What a sort of paper is called."""
    return str(PAPERS_NAMED.get(f"{kind}.{sort}", sort))


def choice_words(kind: str, field: str, value: object) -> str:
    """What the value of a paper's field is called."""
    if field == "kind":
        return sort_words(kind, str(value))
    return str(PAPER_CHOICES.get(field, {}).get(str(value), value))
