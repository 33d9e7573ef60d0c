"""The three kinds of file that come in, the columns each may have, and the headings officials give them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto


class FileKind(StrEnum):
    """What a file is about: enterprises (企业底账), recognitions (认定台账) or yearly figures (年度数据)."""

    REGISTER = auto()
    LEDGER = auto()
    FIGURES = auto()


@dataclass(frozen=True)
class Field:
    """One column a file may have: its own heading first, then the other spellings, all without brackets and blanks."""

    key: str
    headings: tuple[str, ...]
    is_money: bool = False
    is_yearly: bool = False


def _field(key: str, headings: str, *, is_money: bool = False, is_yearly: bool = False) -> Field:
    return Field(key, tuple(headings.split(" ")), is_money, is_yearly)


_CODE = _field(
    "code",
    "统一社会信用代码 社会信用代码 信用代码 统一信用代码 企业信用代码 统一代码 统一社会信用代码证号"
    " 统一社会信用代码号 creditcode unifiedsocialcreditcode socialcreditcode uscc 社会统一信用代码"
    " 统一社会信用编码 统一信用编码 18位社会信用代码 18位统一社会信用代码 社会信用代码证号 税号"
    " 纳税人识别号 营业执照号 营业执照注册号",
)
_NAME = _field(
    "name",
    "企业名称 公司名称 单位名称 单位详细名称 企业全称 登记企业名称 申报企业名称 申报企业 名称 企业"
    " name enterprisename enterprise companyname company 公司全称 单位全称 企业名 公司名 企业单位名称"
    " 企业名称全称 中小企业名称 纳税人名称",
)
_UNIT = _field(
    "unit",
    "所属县区 县区 区县 县市区 县 区 所属区县 所属县市区 所在县区 所在区县 县区开发区 县区/开发区"
    " 县区、开发区 县市区、开发区 区县、开发区 所属开发区 属地 推荐单位 报送单位 上报单位"
    " reportingunit district unit 所在区 所属区 归属地 辖区 区域 所属区域 归属县区 所在开发区 所属地"
    " 县区名称 推荐县区 所在县市区 县市、区 所在县市、区 所属县市、区 县区市 市县区",
)
_REGISTER = (
    _NAME,
    _CODE,
    _UNIT,
    _field(
        "registered_region",
        "登记地区 注册地区 地区 所在地区 所属地区 注册地 行政区划 所在城市 城市 registeredregion region city",
    ),
    _field(
        "address",
        "详细地址 注册地址 地址 企业地址 住所 注册住所 经营地址 通讯地址 通信地址 address"
        " registeredaddress 企业注册地址 公司地址 办公地址 生产经营地址 详细住址",
    ),
    _field(
        "enterprise_type",
        "企业类型 公司类型 单位类型 市场主体类型 登记注册类型 注册类型 经济类型 类型 enterprisetype companytype type",
    ),
    _field(
        "legal_representative",
        "法定代表人 法人代表 法定代表人姓名 法人 企业法人 负责人 legalrepresentative 法人姓名 企业法人代表 法定代表",
    ),
    _field("registered_capital", "注册资本 注册资金 注册资本金 registeredcapital", is_money=True),
    _field(
        "founded_on",
        "成立时间 成立日期 注册日期 注册时间 设立日期 设立时间 登记日期 开业日期 foundedon founded"
        " established dateofestablishment registrationdate 成立年份 成立年月 注册成立日期 注册成立时间"
        " 工商注册时间 成立年度",
    ),
    _field("industry", "行业 行业代码 所属行业 行业类别 行业名称 国民经济行业 所属国民经济行业 industry industrycode"),
    _field("chain", "产业链 所属产业链 产业链名称 chain industrychain"),
    _field("niche", "细分领域 从事细分领域 细分市场 细分行业 所属细分领域 niche nichemarket"),
    _field(
        "main_product",
        "主导产品 主要产品 主营产品 主导产品名称 mainproduct 主营产品名称 主要产品名称 主导产品或服务"
        " 主要产品或服务 主导产品服务 主要产品服务",
    ),
    _field("business_scope", "经营范围 业务范围 businessscope"),
    _field("contact_name", "联系人 联系人姓名 企业联系人 contact contactname contactperson 联系人名 联络人 填报联系人"),
    _field(
        "contact_phone",
        "联系电话 手机 电话 手机号 手机号码 联系方式 联系人电话 联系人手机 phone mobile telephone"
        " contactphone 联系手机 联系人联系方式 联系人联系电话 联系人手机号 企业联系电话 办公电话 固定电话"
        " 移动电话 联络电话",
    ),
    _field("group_parent", "集团母公司 母公司 所属集团 集团 groupparent parentcompany"),
)
_LEDGER = (
    _NAME,
    _CODE,
    _UNIT,
    _field(
        "title",
        "级别 认定级别 等级 认定等级 层级 认定层级 培育级别 培育层级 企业级别 企业层级 称号级别 所属梯度"
        " 梯度 梯度类型 称号 认定称号 荣誉称号 认定名称 资质名称 level title tier 专精特新级别"
        " 专精特新层级 专精特新等级 专精特新类型 专精特新称号 企业称号 资质等级 荣誉级别 所获称号"
        " 获得称号 认定称号级别",
    ),
    _field("kind", "类型 认定类型 认定类别 类别 认定方式 新认定/复核 kind"),
    _field("batch", "批次 认定批次 所属批次 年度批次 batch"),
    _field("document_no", "认定文号 文号 文件号 文件文号 公告文号 认定文件 documentnumber documentno noticeno"),
    _field("certificate_no", "证书编号 证书号 证书号码 certificatenumber certificateno"),
    _field(
        "published_on",
        "认定日期 认定时间 公布日期 公布时间 公告日期 公告时间 发布日期 发文日期 批准日期 publishedon"
        " recognisedon recognizedon 认定年度 认定年份 认定年月 获批时间 获批日期 获批年度 获评时间"
        " 获评年度 授予时间 授牌时间 批复时间 入选时间 入选年度 评定时间 公布年度",
    ),
    _field(
        "valid_from",
        "有效期起 有效期自 有效期开始 有效期起始 有效期起始日期 有效期开始日期 起始日期 生效日期 validfrom",
    ),
    _field(
        "valid_until",
        "有效期止 有效期至 有效期截止 有效期结束 有效期截止日期 有效期结束日期 到期日期 到期时间 到期日"
        " 截止日期 失效日期 validuntil validto expireson 有效截止日期 有效期截止时间 有效期限至"
        " 有效期截至 有效期到 证书到期日 证书有效期至 到期年月 有效期终止日期",
    ),
    _field("validity", "有效期起止 有效期 有效期限 证书有效期 有效期间 validity"),
    _field("review_opened_on", "复核开始日期 复核受理日期 复核启动日期 reviewopenedon"),
    _field("revoked_on", "撤销日期 撤销时间 取消日期 取消时间 revokedon"),
    _field("revoke_reason", "撤销原因 取消原因 撤销理由 revokereason"),
)
_FIGURES = (
    _NAME,
    _CODE,
    _UNIT,
    _field("fiscal_year", "年度 年份 会计年度 财政年度 财务年度 所属年度 统计年度 数据年度 year fiscalyear"),
    _field("source", "数据来源 来源 数据口径 口径 source"),
    _field(
        "revenue_wan",
        "营业收入 营业总收入 营收 年营业收入 全年营业收入 销售收入 revenue 营业收入总额 营收总额 年营收"
        " 年销售收入 销售收入总额 营业收入合计 全年营收",
        is_money=True,
        is_yearly=True,
    ),
    _field(
        "main_revenue_wan",
        "主营业务收入 主营收入 主营业务销售收入 mainrevenue mainbusinessrevenue",
        is_money=True,
        is_yearly=True,
    ),
    _field(
        "rd_expense_wan",
        "研发费用 研发费用总额 研发投入 研发经费 研发经费投入 研发支出 研究开发费用 r&dexpense"
        " r&dexpenses rdexpense 研发费 研发费用合计 研发费用投入 研发总投入 研发经费支出 r&d经费"
        " 研究与试验发展经费 研发投入总额 研发投入金额",
        is_money=True,
        is_yearly=True,
    ),
    _field(
        "assets_wan",
        "资产总额 资产总计 资产合计 总资产 assets totalassets 总资产额 资产总值 资产总计额",
        is_money=True,
        is_yearly=True,
    ),
    _field(
        "liabilities_wan",
        "负债总额 负债合计 负债总计 总负债 liabilities totalliabilities",
        is_money=True,
        is_yearly=True,
    ),
    _field("net_profit_wan", "净利润 netprofit 净利润额 净利润总额 税后利润 税后净利润", is_money=True, is_yearly=True),
    _field("total_profit_wan", "利润总额 totalprofit profitbeforetax", is_money=True, is_yearly=True),
    _field(
        "tax_wan",
        "上缴税金 税金 税金总额 上缴税金总额 纳税额 纳税总额 缴税总额 实缴税金 实缴税金总额 税收 tax"
        " taxpaid 纳税 税收总额 缴纳税金 缴税额 实际上缴税金 上缴税费 纳税金额",
        is_money=True,
        is_yearly=True,
    ),
    _field(
        "staff",
        "从业人数 从业人员 从业人员数 从业人员期末人数 职工人数 职工总数 员工人数 员工总数 全职员工数"
        " staff employees 员工数 职工数 从业人员总数 从业人员数量 企业人数 人员总数 年末从业人员"
        " 从业人员平均人数",
        is_yearly=True,
    ),
    _field("rd_staff", "研发人员 研发人员数 研发人数 研究开发人员 研发人员总数 r&dstaff rdstaff", is_yearly=True),
)

FIELDS: Mapping[FileKind, tuple[Field, ...]] = {
    FileKind.REGISTER: _REGISTER,
    FileKind.LEDGER: _LEDGER,
    FileKind.FIGURES: _FIGURES,
}
SHARED = frozenset({"code", "name", "unit"})
"""What every kind of file may have, so that it tells nothing about the kind."""

FIELD_OF: Mapping[FileKind, Mapping[str, Field]] = {
    kind: {heading: field for field in fields for heading in field.headings} for kind, fields in FIELDS.items()
}
"""For each kind, heading → field."""

WITHOUT_MEANING = frozenset({"", "序号", "编号", "no", "no.", "index", "#"})
"""Headings nobody needs to be told are not read."""
