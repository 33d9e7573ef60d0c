"""Districts and zones are known as people write them, of whichever city, and never guessed."""

import pytest

from sme_tracker.rules.values.places import Places

CHANGCHUN = {
    "长春新区": ("CCXQ", "长春新区", "长春新区", "Changchun New Area"),
    "南关区": ("NG", "长春市南关区", "南关区", "Nanguan District"),
    "宽城区": ("KC", "长春市宽城区", "宽城区", "Kuancheng District"),
    "朝阳区": ("CY", "长春市朝阳区", "朝阳区", "Chaoyang District"),
    "二道区": ("ED", "长春市二道区", "二道区", "Erdao District"),
    "绿园区": ("LY", "长春市绿园区", "绿园区", "Lvyuan District"),
    "双阳区": ("SY", "长春市双阳区", "双阳区", "Shuangyang District"),
    "九台区": ("JT", "长春市九台区", "九台区", "Jiutai District"),
    "农安县": ("NA", "农安县", "农安县", "Nong'an County"),
    "榆树市": ("YS", "榆树市", "榆树市", "Yushu City"),
    "德惠市": ("DH", "德惠市", "德惠市", "Dehui City"),
    "公主岭市": ("GZL", "公主岭市", "公主岭市", "Gongzhuling City"),
    "经开区": ("JK", "长春经济技术开发区", "经开区", "Economic Development Zone"),
    "净月高新区": ("JY", "长春净月高新技术产业开发区", "净月高新区", "Jingyue High-tech Zone"),
    "高新区": ("GX", "长春高新技术产业开发区", "高新区", "High-tech Zone"),
    "汽开区": ("QK", "长春汽车经济技术开发区", "汽开区", "Automotive Development Zone"),
    "莲花山": ("LHS", "长春莲花山生态旅游度假区", "莲花山", "Lianhuashan Resort Zone"),
    "中韩示范区": ("ZH", "中韩（长春）国际合作示范区", "中韩示范区", "China–Korea Cooperation Zone"),
}
SUZHOU = {
    "姑苏区": ("GS", "苏州市姑苏区", "姑苏区"),
    "工业园区": ("SIP", "苏州工业园区", "工业园区"),
    "高新区": ("SND", "苏州市虎丘区", "高新区"),
    "昆山市": ("KS", "昆山市", "昆山市"),
}
WRITTEN = {
    "朝阳区": "朝阳 朝阳区 长春市朝阳区 吉林省长春市朝阳区 吉林省朝阳区 长春朝阳 朝陽區 朝阳区工信局 朝阳区政府 CY",
    "绿园区": "绿园 绿园区经济局",
    "双阳区": "双阳 双阳区工业和信息化局",
    "农安县": "农安 农安县经济局 吉林省农安县",
    "榆树市": "榆树",
    "德惠市": "德惠",
    "二道区": "二道 二道区经发局",
    "宽城区": "宽城",
    "南关区": "南关",
    "公主岭市": "公主岭 公主岭(市) 公主岭（市）",
    "高新区": "高新 长春高新 长春高新区 高新区管委会 长春高新技术产业开发区",
    "经开区": "经开 长春经开区 经开区经发局",
    "净月高新区": "净月 净月高新技术产业开发区 净月高新 净月开发区 长春净月高新区",
    "汽开区": "汽开 汽车经济技术开发区 汽车开发区",
    "九台区": "九台市 九台",
    "莲花山": "莲花山 莲花山管委会 莲花山度假区",
    "中韩示范区": "中韩 中韩示范区 中韩国际合作示范区",
    "长春新区": "长春新区 长春新区管委会",
}


@pytest.mark.parametrize(("place", "written"), [(place, each) for place in WRITTEN for each in WRITTEN[place].split()])
def test_a_place_is_known_as_people_write_it(place: str, written: str) -> None:
    assert Places(CHANGCHUN).find(written) == place


@pytest.mark.parametrize(
    ("written", "candidates"),
    [
        ("新区", ["长春新区", "净月高新区", "高新区"]),
        ("高新技术产业开发区", ["净月高新区", "高新区"]),
        ("经济技术开发区", ["经开区", "汽开区"]),
        ("北湖", []),
        ("空港", []),
        ("长春市", []),
        ("长春", []),
        ("梨树县", []),
        ("辽宁省朝阳市", []),
        ("北京市朝阳区", []),
        ("区", []),
    ],
)
def test_what_could_be_several_or_none_is_not_guessed(written: str, candidates: list[str]) -> None:
    places = Places(CHANGCHUN)
    assert places.find(written) is None
    assert list(places.candidates(written)) == candidates


def test_another_city_is_read_by_the_same_rules() -> None:
    places = Places(SUZHOU)
    found = [
        places.find(each)
        for each in ("姑苏", "江苏省苏州市姑苏区", "虎丘", "昆山", "苏州工业园区", "高新", "昆山市工信局")
    ]
    assert found == ["姑苏区", "姑苏区", "高新区", "昆山市", "工业园区", "高新区", "昆山市"]


def test_two_places_of_one_name_are_told_apart_by_their_kind_only() -> None:
    places = Places({"通化县": ("1", "通化县"), "通化市": ("2", "通化市")})
    assert places.find("通化县") == "通化县"
    assert places.find("通化") is None
    assert list(places.candidates("通化")) == ["通化县", "通化市"]
