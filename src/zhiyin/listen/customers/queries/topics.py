"""What a field is about, by its name: which must not come, and which not by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiyin.listen.customers.models import FieldGroup, Sensitivity

_S, _G = Sensitivity, FieldGroup


@dataclass(frozen=True)
class Topic:
    """One sort of field.

    `is_off`: nothing of it is kept until somebody turned it on under an assessment.
    `is_answered`: taken only from a survey with consent. `is_never`: taken from
    nowhere, because it tells who spoke with whom.
    """

    code: str
    label: str | Promise
    pattern: re.Pattern[str]
    sensitivity: str = _S.PERSONAL
    group: str = _G.INTERNAL
    is_off: bool = False
    is_answered: bool = False
    is_never: bool = False


def _found(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


TOPICS: tuple[Topic, ...] = (
    Topic(
        "call_record",
        _("call record or the other party's number"),
        _found(
            r"对端|對端|对方号码|對方號碼|(主叫|被叫)(号码|號碼|方|用户|用戶)?$",
            r"通话(对象|记录|内容)|通話(對象|記錄|內容)|短信内容|簡訊內容|短訊內容",
            r"(通话|通話|呼叫)(开始|開始|结束|結束|起始)时?時?间?間?|联系人(号码|号|电话)",
            r"\b(calling|called)[_ ]?(number|party|msisdn)|counter[_ ]?part",
            r"(opposite|other)[_ ]?(number|party)|\bb[_ ]?(number|party)\b",
            r"call[_ ]?(detail|record|start|end|content)|\bcdrs?\b",
            r"(sms|message)[_ ]content",
        ),
        _S.SENSITIVE,
        _G.OTHER,
        is_never=True,
    ),
    Topic(
        "belief",
        _("belief"),
        _found(r"信仰|宗教|religio", r"\bbeliefs?\b|\bfaith\b"),
        _S.SENSITIVE,
        is_off=True,
    ),
    Topic(
        "location",
        _("precise place or trail"),
        _found(
            r"轨迹|軌跡|行踪|行蹤|经纬度|經緯度|(经|經|纬|緯)度$|坐标|座標",
            r"\b(longitude|latitude|lng|lat|gps)\b|trajector|location[_ ]?trail",
        ),
        _S.SENSITIVE,
        _G.OTHER,
        is_off=True,
    ),
    Topic(
        "id_number",
        _("number of an identity document"),
        _found(
            r"身份证|身分證|证件号|證件號|护照|護照|社保号|社會安全",
            r"passport|identity[_ ]?card|\bid[_ ]?card|national[_ ]?id|\bssn\b",
        ),
        _S.SENSITIVE,
        _G.OTHER,
        is_off=True,
    ),
    Topic(
        "account_number",
        _("number of an account with a bank"),
        _found(
            r"银行(卡|账|帐)|銀行(卡|帳|賬)|信用卡号|信用卡號|支付账号|支付帳號",
            r"bank[_ ]?(account|card)|\biban\b|credit[_ ]?card|card[_ ]?number",
        ),
        _S.SENSITIVE,
        _G.OTHER,
        is_off=True,
    ),
    Topic(
        "biometric",
        _("biometric"),
        _found(
            r"人脸|人臉|指纹|指紋|声纹|聲紋|虹膜",
            r"biometric|fingerprint|face[_ ]?(id|print)",
        ),
        _S.SENSITIVE,
        _G.OTHER,
        is_off=True,
    ),
    Topic(
        "health",
        _("health"),
        _found(
            r"病史|病历|病歷|残疾|殘疾|殘障|健康状况|健康狀況",
            r"medical|disabilit|health[_ ]?(condition|status)",
        ),
        _S.SENSITIVE,
        is_off=True,
    ),
    Topic(
        "character",
        _("character"),
        _found(r"性格|人格", r"personality|^character$"),
        is_answered=True,
    ),
    Topic(
        "values",
        _("values"),
        _found(
            r"价值取向|價值取向|价值观|價值觀", r"(personal|value)[_ ](values|orient)"
        ),
        is_answered=True,
    ),
    Topic("gender", _("gender"), _found(r"性别|性別", r"\bgender\b|^sex$")),
    Topic(
        "age",
        _("age"),
        _found(r"年龄|年齡|出生|生日", r"^age$|age[_ ](band|group)|birth"),
    ),
    Topic(
        "hobby", _("hobbies"), _found(r"爱好|愛好|兴趣|興趣", r"hobb(y|ies)|interests")
    ),
    Topic(
        "income",
        _("income"),
        _found(
            r"(家庭|个人|個人|月|年)收入|收入(水平|等级|等級)|^收入$",
            r"(household|family|personal|monthly|annual)[_ ]income|^income",
        ),
    ),
    Topic(
        "family_size",
        _("family size"),
        _found(
            r"家庭(成员|成員|人口|人)数?數?", r"(family|household)[_ ](size|members)"
        ),
    ),
    Topic(
        "credit",
        _("credit"),
        _found(r"信用(度|分|等级|等級|评级|評級)", r"credit[_ ]?(score|rating|level)"),
    ),
    Topic(
        "circle_size",
        _("size of the circle"),
        _found(r"圈子(规模|規模|大小|人数|人數)|交往圈", r"circle[_ ]size"),
        group=_G.CIRCLE,
    ),
    Topic(
        "on_net_share",
        _("share of the circle on our network"),
        _found(r"网内(占比|比例|交往)|網內(占比|佔比|比例)", r"on[_ -]?net[_ ]share"),
        group=_G.CIRCLE,
    ),
    Topic(
        "household_links",
        _("links within the household"),
        _found(
            r"同(住)?户(关联|号码)?数|同(住)?戶(關聯|號碼)?數", r"household[_ ]links"
        ),
        group=_G.CIRCLE,
    ),
    Topic(
        "preference",
        _("preference"),
        _found(r"偏好|喜好", r"preference|preferred"),
        group=_G.PREFERENCE,
    ),
)
BY_CODE = {topic.code: topic for topic in TOPICS}


def topic_of(name: str) -> Topic | None:
    """Return what a field is about by its name; None where it says nothing special."""
    return next((each for each in TOPICS if each.pattern.search(name.strip())), None)
