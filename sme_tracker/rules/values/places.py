"""Districts and zones as people write them, looked up among those on record, of whichever city."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from sme_tracker.rules.names import name_key

Place = TypeVar("Place")

_OFFICE = re.compile(
    r"(?:工业和信息化|工业信息化|工业信息|工信|科技和工业信息化|科技工信|工信科技|科工信|经济和信息化|经济信息化|经信|经济发展|经发|经济"
    r"|发展和改革|发展改革|发改|经济技术合作|商务|企业服务|中小企业|民营经济)(?:和?科技)?(?:委员会|局|委|办公室|办|中心)$"
    r"|(?:党工委)?(?:管理委员会|管委会)$|(?:人民)?政府$"
)
_KIND = re.compile(
    r"(?:高新技术产业开发区|高新技术开发区|高新技术产业园区|经济技术开发区|经济开发区|经济合作区|工业集中区|产业开发区|开发区|工业园区|产业园区"
    r"|(?:生态)?(?:旅游)?度假区|(?:国际)?合作示范区|示范区|先导区|新区|自治县|县|区|市|旗)$"
)
_PLAIN_KIND = re.compile(r"[区县市旗]$")
_PROVINCE = re.compile(r"^[\u4e00-\u9fff]{2,3}省|^[\u4e00-\u9fff]{2,6}?自治区")
_OF_A_CITY = re.compile(r"^([\u4e00-\u9fff]{2,4}?)市(?=[\u4e00-\u9fff]{2})")


class Places(Generic[Place]):
    """Places by all their spellings: in full, without the city, without their kind (净月 of 净月高新技术产业开发区)."""

    def __init__(self, spellings: Mapping[Place, Iterable[str]]) -> None:
        self._spelled = {place: [name_key(each) for each in given if each] for place, given in spellings.items()}
        named = [name for names in self._spelled.values() for name in names]
        self._cities = {match[1] for name in named if (match := _OF_A_CITY.match(name))}
        self._found: dict[str, Place | None] = {}
        self._sure: defaultdict[str, set[Place]] = defaultdict(set)
        self._whole: defaultdict[str, set[Place]] = defaultdict(set)
        self._unsure: defaultdict[str, set[Place]] = defaultdict(set)
        for place, names in self._spelled.items():
            for name in names:
                self._take(place, name)

    def find(self, written: str) -> Place | None:
        """The one place that is written, None if it is none or could be several."""
        if written not in self._found:
            found, is_sure = self._look_up(written)
            self._found[written] = found[0] if is_sure and len(found) == 1 else None
        return self._found[written]

    def candidates(self, written: str) -> Sequence[Place]:
        """The places that what is written could mean where it is not clearly one of them."""
        found, _is_sure = self._look_up(written)
        plain = self._inside(_without_office(name_key(written)))
        holds = {
            place
            for place, names in self._spelled.items()
            if len(plain) > 1 and plain not in self._cities and any(plain in self._inside(name) for name in names)
        }
        return [place for place in self._spelled if place in found or place in holds]

    def _look_up(self, written: str) -> tuple[Sequence[Place], bool]:
        """The places with the surest of the spellings, and whether that spelling is sure at all."""
        whole = name_key(written)
        plain = _without_office(whole)
        inside = self._inside(plain)
        asked = [(self._whole, key) for key in (whole, plain, inside)]
        asked += [(self._unsure, inside), *((self._sure, key) for key in _shorter(inside))]
        for known, key in asked:
            if key and key in known:
                return [place for place in self._spelled if place in known[key]], known is not self._unsure
        return (), False

    def _take(self, place: Place, name: str) -> None:
        self._whole[name].add(place)
        inside = self._inside(name)
        if inside != name and not _without_kinds(inside):
            self._unsure[inside].add(place)
            return
        for key in _shorter(inside):
            self._sure[key].add(place)

    def _inside(self, plain: str) -> str:
        """Without our province and city before it: 吉林省长春市朝阳区 is 朝阳区, 辽宁省朝阳市 stays what it is."""
        in_province = _PROVINCE.sub("", plain)
        for city in self._cities:
            if in_province.startswith(city) and len(in_province) > len(city) + 1:
                return in_province.removeprefix(city).removeprefix("市")
        return in_province if in_province in self._whole else plain


def _without_office(plain: str) -> str:
    """Without the office that writes: 二道区经发局 is 二道区."""
    shorter = _OFFICE.sub("", plain)
    return _without_office(shorter) if shorter and shorter != plain else plain


def _shorter(inside: str) -> tuple[str, ...]:
    """A place ever shorter: 净月高新区, 净月高新, 净月."""
    return inside, _PLAIN_KIND.sub("", inside), _KIND.sub("", inside), _without_kinds(inside)


def _without_kinds(plain: str) -> str:
    """Without every word for what kind of place it is: 净月高新区 is 净月, 新区 and 高新技术产业开发区 nothing."""
    shorter = _KIND.sub("", plain)
    if len(shorter) > 2:
        shorter = shorter.removesuffix("高新")
    return _without_kinds(shorter) if shorter and shorter != plain else shorter
