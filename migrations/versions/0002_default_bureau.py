"""The default bureau: Changchun's reporting units, the divisions of GB/T 4754-2017, the city's chains."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# code | name | short name | English | kind | region (GB/T 2260 or the code used in statistics)
UNITS = """
CCXQ|长春新区|长春新区|Changchun New Area|zone|
NG|长春市南关区|南关区|Nanguan District|district|220102
KC|长春市宽城区|宽城区|Kuancheng District|district|220103
CY|长春市朝阳区|朝阳区|Chaoyang District|district|220104
ED|长春市二道区|二道区|Erdao District|district|220105
LY|长春市绿园区|绿园区|Lvyuan District|district|220106
SY|长春市双阳区|双阳区|Shuangyang District|district|220112
JT|长春市九台区|九台区|Jiutai District|district|220113
NA|农安县|农安县|Nong'an County|county|220122
YS|榆树市|榆树市|Yushu City|county|220182
DH|德惠市|德惠市|Dehui City|county|220183
GZL|公主岭市|公主岭市|Gongzhuling City|county|220184
JK|长春经济技术开发区|经开区|Economic Development Zone|zone|220171
JY|长春净月高新技术产业开发区|净月高新区|Jingyue High-tech Zone|zone|220172
GX|长春高新技术产业开发区|高新区|High-tech Zone|zone|220173
QK|长春汽车经济技术开发区|汽开区|Automotive Development Zone|zone|220174
LHS|长春莲花山生态旅游度假区|莲花山|Lianhuashan Resort Zone|zone|
ZH|中韩（长春）国际合作示范区|中韩示范区|China–Korea Cooperation Zone|zone|
"""

# section | division=name | …; the stored code is the section's letter and the division
DIVISIONS = """
A|01=农业|02=林业|03=畜牧业|04=渔业|05=农、林、牧、渔专业及辅助性活动
B|06=煤炭开采和洗选业|07=石油和天然气开采业|08=黑色金属矿采选业|09=有色金属矿采选业|10=非金属矿采选业|11=开采专业及辅助性活动|12=其他采矿业
C|13=农副食品加工业|14=食品制造业|15=酒、饮料和精制茶制造业|16=烟草制品业|17=纺织业|18=纺织服装、服饰业|19=皮革、毛皮、羽毛及其制品和制鞋业
C|20=木材加工和木、竹、藤、棕、草制品业|21=家具制造业|22=造纸和纸制品业|23=印刷和记录媒介复制业|24=文教、工美、体育和娱乐用品制造业
C|25=石油、煤炭及其他燃料加工业|26=化学原料和化学制品制造业|27=医药制造业|28=化学纤维制造业|29=橡胶和塑料制品业|30=非金属矿物制品业
C|31=黑色金属冶炼和压延加工业|32=有色金属冶炼和压延加工业|33=金属制品业|34=通用设备制造业|35=专用设备制造业|36=汽车制造业
C|37=铁路、船舶、航空航天和其他运输设备制造业|38=电气机械和器材制造业|39=计算机、通信和其他电子设备制造业|40=仪器仪表制造业
C|41=其他制造业|42=废弃资源综合利用业|43=金属制品、机械和设备修理业
D|44=电力、热力生产和供应业|45=燃气生产和供应业|46=水的生产和供应业
E|47=房屋建筑业|48=土木工程建筑业|49=建筑安装业|50=建筑装饰、装修和其他建筑业
F|51=批发业|52=零售业
G|53=铁路运输业|54=道路运输业|55=水上运输业|56=航空运输业|57=管道运输业|58=多式联运和运输代理业|59=装卸搬运和仓储业|60=邮政业
H|61=住宿业|62=餐饮业
I|63=电信、广播电视和卫星传输服务|64=互联网和相关服务|65=软件和信息技术服务业
J|66=货币金融服务|67=资本市场服务|68=保险业|69=其他金融业
K|70=房地产业
L|71=租赁业|72=商务服务业
M|73=研究和试验发展|74=专业技术服务业|75=科技推广和应用服务业
N|76=水利管理业|77=生态保护和环境治理业|78=公共设施管理业|79=土地管理业
O|80=居民服务业|81=机动车、电子产品和日用产品修理业|82=其他服务业
P|83=教育
Q|84=卫生|85=社会工作
R|86=新闻和出版业|87=广播、电视、电影和录音制作业|88=文化艺术业|89=体育|90=娱乐业
S|91=中国共产党机关|92=国家机构|93=人民政协、民主党派|94=社会保障|95=群众团体、社会团体和其他成员组织|96=基层群众自治组织及其他组织
T|97=国际组织
"""

# The names in English of the divisions likely in a register of small manufacturers; others show the standard's own.
DIVISIONS_EN = {
    "C13": "Agricultural food processing", "C14": "Food manufacturing", "C15": "Beverages and tea", "C17": "Textiles",
    "C18": "Apparel", "C20": "Wood products", "C21": "Furniture", "C22": "Paper", "C23": "Printing",
    "C25": "Petroleum and coal processing", "C26": "Chemicals", "C27": "Pharmaceuticals", "C28": "Chemical fibres",
    "C29": "Rubber and plastics", "C30": "Non-metallic mineral products", "C31": "Iron and steel",
    "C32": "Non-ferrous metals", "C33": "Metal products", "C34": "General-purpose machinery",
    "C35": "Special-purpose machinery", "C36": "Motor vehicles", "C37": "Rail, ship and aerospace equipment",
    "C38": "Electrical machinery", "C39": "Computers and electronics", "C40": "Instruments",
    "C41": "Other manufacturing", "C42": "Recycling", "C43": "Repair of machinery", "F51": "Wholesale", "F52": "Retail",
    "I63": "Telecommunications", "I64": "Internet services", "I65": "Software and IT services",
    "L72": "Business services",
    "M73": "Research and development", "M74": "Professional technical services", "M75": "Technology promotion",
    "N77": "Environmental protection",
}  # fmt: skip

CHAINS = """
AUTO|汽车零部件|Automotive parts
NEV|新能源与智能网联汽车|New-energy and connected vehicles
RAIL|轨道客车|Rail vehicles
OPTO|光电信息|Optoelectronics
BIO|生物医药|Biomedicine
SAT|卫星应用|Satellite applications
EQUIP|高端装备|High-end equipment
MAT|新材料|New materials
FOOD|农产品深加工|Agricultural processing
FARM|农机装备|Farm machinery
SOFT|软件与信息服务|Software and information services
"""


def upgrade() -> None:
    op.bulk_insert(
        _table("reporting_unit", "short_name", "kind", "region_code", sort=True),
        [
            {"code": code, "name": name, "short_name": short, "name_en": name_en, "kind": kind,
             "region_code": region or None, "sort": place, "version": 1}
            for place, (code, name, short, name_en, kind, region) in enumerate(_lines(UNITS), start=1)
        ],
    )  # fmt: skip
    op.bulk_insert(_table("industry"), list(_divisions()))
    op.bulk_insert(
        _table("chain"),
        [{"code": code, "name": name, "name_en": name_en, "version": 1} for code, name, name_en in _lines(CHAINS)],
    )


def downgrade() -> None:
    for name in ("chain", "industry", "reporting_unit"):
        op.execute(sa.text(f"DELETE FROM {name}"))  # noqa: S608 (the names are written above)


def _divisions():
    for section, *written in _lines(DIVISIONS):
        for division in written:
            number, name = division.split("=")
            code = section + number
            yield {"code": code, "name": name, "name_en": DIVISIONS_EN.get(code, ""), "version": 1}


def _lines(text):
    return [line.split("|") for line in text.strip().splitlines()]


def _table(name, *more, sort=False):
    columns = [sa.column(column, sa.String) for column in ("code", "name", "name_en", *more)]
    whole = [sa.column("version", sa.Integer), *([sa.column("sort", sa.Integer)] if sort else [])]
    return sa.table(name, *columns, *whole)
