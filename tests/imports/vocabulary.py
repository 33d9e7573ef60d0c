"""A few words of fields, enough for headings and heads to be tried without the whole vocabulary."""

from sme_tracker.imports.heads import Words

IDENTITY = {"企业名称", "统一社会信用代码", "信用代码"}
KNOWN = IDENTITY | {
    *("序号", "县市区、开发区", "行业代码", "法定代表人", "注册资本", "成立时间", "电话", "联系人", "联系人姓名"),
    *("联系人电话", "营业收入", "营收", "研发费用", "研发投入", "净利润", "从业人数", "从业人员", "资产总额"),
    *("级别", "类型", "认定时间", "有效期", "有效期止", "有效期起", "批次", "revenue", "r&dexpense"),
}
WORDS = Words(KNOWN, IDENTITY)
