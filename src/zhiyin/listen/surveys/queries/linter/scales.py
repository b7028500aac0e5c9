"""Rules about scales, their ends, and missing wordings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zhiyin.listen.surveys.queries.definitions import Definition, languages_of
from zhiyin.listen.surveys.queries.linter.findings import Finding, found
from zhiyin.listen.surveys.queries.linter.standard_wording import is_standard_nps
from zhiyin.listen.surveys.queries.linter.wording import folded

NPS_SCALE, NPS_CUTS = [0, 10], [6, 9]
USUAL = {
    "csat": ([1, 5], [1, 7], [1, 10]),
    "ces": ([1, 5], [1, 7]),
    "gap": ([1, 5], [1, 7]),
}
_RECOMMENDS = ("推荐", "recommend")
SCORED = {"nps", "csat", "ces", "rating", "gap", "matrix"}


def _asks_to_recommend(item: Mapping[str, Any]) -> bool:
    texts = " ".join(str(each.get("text", "")) for each in item["texts"].values())
    says_nps = "nps" in item["code"].lower().replace("-", "_").split("_")
    return says_nps or any(word in folded(texts) for word in _RECOMMENDS)


def scale_findings(item: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a scale that is wrong or unusual for what the question claims to be."""
    kind, scale = item["kind"], list(item.get("scale") or ())
    cuts = list(item.get("cuts") or ())
    code = item["code"]
    if kind == "nps":
        if scale != NPS_SCALE or cuts not in ([], NPS_CUTS):
            yield found("nps_scale", item=code, quote=_said(scale))
    elif kind in SCORED and not scale:
        yield found("scale", item=code)
    elif kind in {"csat", "rating"} and cuts and _asks_to_recommend(item):
        # Promoters and detractors of a question that is no recommendation score.
        if scale != NPS_SCALE:
            yield found("nps_scale", item=code, quote=_said(scale))
    elif kind in USUAL and scale not in USUAL[kind]:
        yield found("scale", item=code, quote=_said(scale))


def _said(scale: list[int]) -> str:
    return f"{scale[0]}-{scale[1]}" if scale else ""


def anchor_findings(item: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield languages in which the ends of a scale are not named."""
    if item["kind"] not in SCORED or not item.get("scale"):
        return
    for language, wording in item["texts"].items():
        named = wording.get("labels") or (wording.get("low") and wording.get("high"))
        if wording.get("text") and not named:
            yield found("missing_anchor", item=item["code"], language=language)


def nps_wording_findings(item: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield languages in which a recommendation question is not the standard one."""
    if item["kind"] != "nps":
        return
    for language, wording in item["texts"].items():
        text = str(wording.get("text", ""))
        if text and not is_standard_nps(text, language):
            yield found(
                "nps_wording",
                item=item["code"],
                language=language,
                quote=text,
            )


def _needed(item: Mapping[str, Any]) -> set[str]:
    named = [
        {name for name, value in texts.items() if value}
        for texts in item["texts"].values()
    ]
    return {"text"}.union(*named)


def missing_findings(definition: Definition) -> Iterator[Finding]:
    """Yield what one language says and another that is to be published lacks."""
    for language in languages_of(definition):
        for item in definition["items"]:
            here = item["texts"].get(language) or {}
            lacking = sorted(name for name in _needed(item) if not here.get(name))
            for name in ("options", "rows", "labels"):
                every = [len(t.get(name) or ()) for t in item["texts"].values()]
                if here.get(name) and len(here[name]) < max(every):
                    lacking.append(name)
            if lacking:
                yield found(
                    "missing_text",
                    item=item["code"],
                    language=language,
                    names=lacking,
                )
