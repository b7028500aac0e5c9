"""A survey file such as people have: Chinese headers and the mess of real life."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from cxstats.simulate.draws import generator
from cxstats.simulate.operator import Operator
from cxstats.simulate.period import DEFAULT_END
from cxstats.simulate.vocabulary import TOUCHPOINTS

__all__ = ["HEADERS", "export_survey_csv"]

HEADERS = {
    "用户标识": "customer",
    "调研时间": "responded_at",
    "触点": "touchpoint",
    "渠道": "channel",
    " 推荐意愿(0-10分) ": "score",
    "客户原声": "comment",
    "省份": "a_region",
    "地市": "a_city",
    "所属网格": "a_grid",
    "产品": "a_product",
    "套餐名称": "a_plan",
    "客户星级": "a_star",
    "网龄(月)": "a_tenure_months",
    "年龄段": "a_age_band",
    "月消费(元)": "a_arpu",
    "月流量(GB)": "a_dou",
    "MOS质差次数": "a_mos_poor_count",
    "掉话次数": "a_drop_count",
    "近90天投诉次数": "a_complaints_90d",
    "是否欠费": "a_arrears",
    "权重": "weight",
}
"""Header of the file to column of the response table; one header has spaces."""

_CHANNELS = {
    "sms": "短信",
    "call": "外呼",
    "ivr": "IVR",
    "app": "APP",
    "wechat": "微信",
    "chat": "在线客服",
}
_WORDED_RATE = 0.01


def export_survey_csv(
    path: str | Path,
    *,
    rows: int = 2_000,
    seed: int = 7,
    end: date = DEFAULT_END,
    encoding: str = "utf-8-sig",
    tidy: bool = False,
) -> Path:
    """Write recommendation answers to a CSV file as an operator would export it.

    Unless ``tidy``, the score column has spaces in its header, an answer without a
    number is ``99``, and one score in a hundred is written like ``9分``; times are
    local like ``2026/3/5 9:07``.

    Parameters
    ----------
    path
        The file to write.
    rows
        Number of answers at most.
    seed, end
        As for ``Operator``.
    encoding
        ``"utf-8-sig"`` as Excel writes it, or ``"gb18030"`` and others.
    tidy
        Leave the mess out.

    Returns
    -------
    pathlib.Path
        The file written.
    """
    operator = Operator(scale=max(4 * rows, 400), seed=seed, end=end)
    answers = next(operator.batches()).answers.to_pylist()
    asked = [row for row in answers if row["metric"] == "nps" and not row["excluded"]]
    rng = generator(seed, "names")
    chosen = np.sort(rng.permutation(len(asked))[:rows])
    worded = rng.random(len(chosen)) < (0 if tidy else _WORDED_RATE)
    target = Path(path)
    with target.open("w", encoding=encoding, errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([head.strip() if tidy else head for head in HEADERS])
        for at, in_words in zip(chosen, worded, strict=True):
            row = asked[at]
            cells = [_cell(row, column, tidy=tidy) for column in HEADERS.values()]
            if in_words and row["score"] is not None:
                cells[4] = f"{int(row['score'])}分"
            writer.writerow(cells)
    return target


def _cell(row: dict[str, Any], column: str, *, tidy: bool) -> str:
    value = row[column]
    if column == "score":
        blank = "" if tidy else "99"
        return blank if value is None else str(int(value))
    if column == "responded_at":
        local = value + timedelta(hours=8)
        return f"{local.year}/{local.month}/{local.day} {local:%H:%M}"
    if column == "channel":
        return _CHANNELS[value]
    if column == "touchpoint":
        names = {t.code: t.name for t in TOUCHPOINTS}
        return names.get(value, "关系调研")
    if isinstance(value, float):
        return f"{value:.4f}" if column == "weight" else f"{value:g}"
    return "" if value is None else str(value)
