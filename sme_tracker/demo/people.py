"""Names that are nobody's: enterprises, people, numbers, codes."""

from collections.abc import Iterator
from random import Random

from sme_tracker.rules.credit_code import check_character, organisation_check_character

PLACES = ("长春", "长春市", "吉林省", "吉林", "长春")
FIRST = "瀚珩朔沐砺澄耘翎朗泽宏衡越云凌启禾科铭恒博弘晟戎衍霁瓴辰昱骁峻彦旭铎钧锐祺睿嘉盛腾拓维翰韬臻拔益坤"
SECOND = "砺宇芯辰昊屿拓遥翊钧湛岳岑骁岱衡璟澍岑峻屹砺垚泽舟川颖扬原霖致远达捷峰巍诺源基智创航成信和耀"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹"
GIVEN = (
    "明远",
    "晓峰",
    "佳怡",
    "志强",
    "雨桐",
    "建华",
    "思源",
    "海燕",
    "文博",
    "丽娜",
    "国栋",
    "雪梅",
    "子涵",
    "永康",
    "静",
)
REGIONS = ("220102", "220103", "220104", "220105", "220106", "220112", "220113", "220122", "220182", "220183", "220184")
SUBJECT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

# field of the name, main product, niche, industry, chain
TRADES = (
    ("精密机械", "行星齿轮减速器", "汽车传动部件", "C36", "AUTO"),
    ("汽车零部件", "铝合金控制臂", "底盘轻量化部件", "C36", "AUTO"),
    ("汽车电子", "车身域控制器", "车载控制器", "C39", "NEV"),
    ("新能源科技", "电池热管理板", "动力电池部件", "C38", "NEV"),
    ("轨道装备", "转向架构件", "轨道客车部件", "C37", "RAIL"),
    ("光电技术", "红外光学镜头", "光学镜头", "C40", "OPTO"),
    ("激光技术", "光纤激光器", "工业激光器", "C39", "OPTO"),
    ("光学薄膜", "窄带滤光片", "光学薄膜", "C40", "OPTO"),
    ("生物医药", "冻干生物制剂", "生物制剂", "C27", "BIO"),
    ("医疗器械", "体外诊断试剂", "诊断试剂", "C27", "BIO"),
    ("航天信息", "遥感载荷结构件", "卫星结构件", "C37", "SAT"),
    ("智能装备", "柔性装配线", "自动化装配", "C35", "EQUIP"),
    ("数控机床", "五轴加工中心", "数控机床", "C34", "EQUIP"),
    ("新材料", "碳纤维预浸料", "碳纤维材料", "C28", "MAT"),
    ("复合材料", "玄武岩纤维板", "复合板材", "C30", "MAT"),
    ("食品", "玉米低聚肽", "玉米深加工", "C14", "FOOD"),
    ("农业科技", "大豆分离蛋白", "大豆深加工", "C13", "FOOD"),
    ("农机装备", "免耕播种机", "保护性耕作机具", "C35", "FARM"),
    ("软件", "制造执行系统", "工业软件", "I65", "SOFT"),
    ("数据技术", "遥感数据平台", "行业数据服务", "I65", "SOFT"),
    ("环保设备", "低温脱硝装置", "烟气治理", "C35", "EQUIP"),
    ("电气", "智能配电柜", "配电设备", "C38", "EQUIP"),
    ("模具", "大型压铸模", "压铸模具", "C35", "AUTO"),
    ("紧固件", "高强度螺栓", "汽车紧固件", "C34", "AUTO"),
)


def enterprise_names(chance: Random, trades: list[int]) -> Iterator[str]:
    """A name for each enterprise, no two alike, the field of its trade in it."""
    taken: set[str] = set()
    for trade in trades:
        name = ""
        while not name or name in taken:
            mark = chance.choice(FIRST) + chance.choice(SECOND)
            form = "股份有限公司" if chance.random() < 0.04 else "有限公司"
            name = f"{chance.choice(PLACES)}{mark}{TRADES[trade][0]}{form}"
        taken.add(name)
        yield name


def credit_codes(chance: Random) -> Iterator[str]:
    """Valid codes of enterprises, no two alike; the subject part begins with MAD, which the demo alone uses."""
    taken: set[str] = set()
    while True:
        subject = "MAD" + "".join(chance.choices(SUBJECT_ALPHABET[10:] if chance.random() < 0.2 else "0123456789", k=5))
        if subject in taken:
            continue
        taken.add(subject)
        organisation = organisation_check_character(subject)
        first = f"91{chance.choice(REGIONS)}{subject}{organisation}"
        yield first + check_character(first)


def person(chance: Random) -> str:
    """A person's name."""
    return chance.choice(SURNAMES) + chance.choice(GIVEN)


def phone(chance: Random) -> str:
    """A number that cannot be anybody's."""
    return f"0431-0000{chance.randrange(10_000):04d}"
