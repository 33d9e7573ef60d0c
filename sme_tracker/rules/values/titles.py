"""The titles that levels' words mean: known spellings as a whole, never a character somewhere inside."""

import re
from functools import lru_cache

from sme_tracker.rules.names import folded
from sme_tracker.rules.terms import Title
from sme_tracker.rules.values.reading import compact, said, unread

_PROVINCE_LIKE_CITY = "北京|上海|天津|重庆"
_CHARACTER = "(?![省市级国])[\u4e00-\u9fff]"
_PROVINCE = rf"(?:(?:{_CHARACTER}){{2,3}}省|(?:{_CHARACTER}){{2,6}}自治区|(?:{_PROVINCE_LIKE_CITY})市)"
_CITY = rf"(?!(?:{_PROVINCE_LIKE_CITY})市)(?:{_CHARACTER}){{2,4}}市"
_NATION = "(?:国家级|国家|国级|全国|工信部|工业和信息化部|部级)"
_SRDI = "(?:专精特新|srdi)(?:级)?(?:中小)?(?:企业)?(?:称号|资质)?"
_GIANT = "小巨人(?:企业)?(?:称号|资质)?"
_SME = "(?:中小企业|中小型企业|中小|企业)?(?:称号|资质)?"

_SPELLINGS = {
    Title.MUNICIPAL: (
        f"市|市级{_SME}|市专|市级?{_SRDI}|(?:{_PROVINCE})?{_CITY}级?{_SRDI}|{_CITY}级|municipal(?:level|srdi)?|city(?:level|srdi)?"
    ),
    Title.PROVINCIAL: (
        f"省|省级{_SME}|自治区级{_SME}|省专|(?:省级?|自治区级?|{_PROVINCE}级?)?{_SRDI}|{_PROVINCE}级"
        "|provincial(?:level|srdi)?|province"
    ),
    Title.NATIONAL: (
        f"国家|国家级{_SME}|国级|国专|{_NATION}{_SRDI}|{_NATION}?(?:{_SRDI})?{_GIANT}"
        "|national(?:level|srdi|littlegiant)?|littlegiant"
    ),
    Title.KEY_NATIONAL: (
        f"{_NATION}?(?:重点(?:支持)?(?:国家级)?(?:{_SRDI})?|{_SRDI}重点(?:支持)?){_GIANT}|key(?:national)?littlegiant"
    ),
    Title.INNOVATIVE: (
        f"(?:省级?|市级?|{_PROVINCE}级?|(?:{_PROVINCE})?{_CITY}级?)?(?:科技和)?创新型中小企业(?:称号|资质)?|创新型(?:中小|企业)?"
        "|innovative(?:sme)?"
    ),
    Title.CHAMPION: (
        f"{_NATION}?(?:制造业)?单项冠军(?:示范|产品|示范/产品|产品/示范)?(?:企业)?(?:称号|资质)?|(?:manufacturing)?singlechampion"
    ),
}
_GRAMMARS = {title: re.compile(spellings) for title, spellings in _SPELLINGS.items()}

_ROUND = r"(?:(?:20\d\d)年?度?)?(?:第?[一二三四五六七八九十\d]{1,3}批次?)?"
_BEFORE = re.compile(rf"^(?:{_ROUND}|新认定|复核通过|通过复核)(?=\D)")
_REMARK = re.compile(
    rf"\((?:{_ROUND}|新认定|首次认定|新增|认定|已认定|复核|复审|已复核|复核通过|已通过复核|通过复核|复审通过|有效|有效期内|在有效期内)\)"
)
_ROUND_BEHIND = re.compile(rf"{_ROUND}$")
_QUOTES = re.compile(r"[\"'“”„‘’「」『』《》<>]")
_BETWEEN = re.compile(r"[、,;+&|\n]|(?<!示范)/(?!产品)|(?<=[级业人军专新])(?:和|及|与)")

_NOT_HELD = re.compile(
    r"拟|未|不|没|非|无(?!锡)|否|假|伪|取消|撤|注销|吊销|过期|到期|逾期|失效|届满|期满|终止|中止|暂|停|退|除名|移出|剔除|申报|申请|上报|报送|推荐"
    r"|候选|待|预|储备|入库|后备|备选|(?<!太)原|曾|前|旧|公示|争取|计划|冲刺|目标|意向|初审|审核|受理|落选|淘汰|放弃|拒|缺|失|培育|孵化|种子|苗"
    r"|正在|中\)|复核中|将|想|希望|准备|准国|准省|准市|疑|not|non|former|expired|revoked|candidate|pending"
)
_OTHER_HONOUR = re.compile(
    r"高新技术|高企|技术中心|工程中心|工程研究|实验室|研究院|研发机构|设计中心|绿色|科技小巨人|科技型|科技企业|孵化器|众创|创客|商标|名牌|品牌"
    r"|守合同|重信用|信用|瞪羚|独角兽|雏鹰|牛羚|领军|龙头|链主|骨干|首台|首批次|老字号|产业集群|产业化|知识产权|专利|服务型|智能|数字化"
    r"|两化|示范|标杆|试点|质量|驰名|著名|百强|文明|诚信|纳税|规上|规模以上|上市|挂牌|隐形冠军|冠军|制造业创新|技术创新"
    r"|外贸|出口|创业|园区|基地"
)


@lru_cache(maxsize=1024)
def titles(written: str | None) -> tuple[Title, ...]:
    """The titles that are written, several in one text such as 省级、市级 all of them; none where nothing is said.

    专精特新中小企业 without a level is the provincial one, 小巨人 the national one (工信部企业〔2022〕63号).
    Raises Unread for another honour, for a title that is not or no longer held, and for what is not clearly one.
    """
    text = said(written)
    if not text:
        return ()
    plain = _QUOTES.sub("", folded(text))
    found = _title(plain)
    named = [found] if found else [title for part in _BETWEEN.split(plain) for title in _of_part(part)]
    if None in named:
        raise unread(_reason(compact(plain)), text)
    return tuple(dict.fromkeys(title for title in named if title))


def _of_part(part: str) -> list[Title | None]:
    """One title, which may hold blanks, or several between blanks."""
    found = _title(part)
    return [found] if found else [_title(word) for word in part.split() or [""]]


def _title(written: str) -> Title | None:
    """The one title with this spelling, but for its round and remarks that it is held."""
    plain = compact(written)
    if not plain or _NOT_HELD.search(plain):
        return None
    core = _ROUND_BEHIND.sub("", _REMARK.sub("", _BEFORE.sub("", plain)))
    found = [title for title, grammar in _GRAMMARS.items() if grammar.fullmatch(core)]
    return found[0] if len(found) == 1 else None


def _reason(plain: str) -> str:
    if _NOT_HELD.search(plain) and not _OTHER_HONOUR.search(plain):
        return "title_not_held"
    return "other_honour" if _OTHER_HONOUR.search(plain) else "level_unclear"
