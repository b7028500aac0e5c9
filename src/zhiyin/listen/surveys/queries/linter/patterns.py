"""Words and turns of phrase that spoil a survey, in Chinese and English.

Every pattern reads folded text: traditional characters as simplified, full-width
letters and marks as plain, Latin letters small. So one pattern serves both scripts.
"""

from __future__ import annotations

import re

_Patterns = tuple[re.Pattern[str], ...]


def _all(*sources: str) -> _Patterns:
    return tuple(re.compile(source) for source in sources)


_PRAISE = (
    "优质|卓越|贴心|一流|领先|优秀|热情|周到|精彩|高品质|完美|超值|实惠|出色|"
    "专业高效|便捷高效|尊贵|全新升级"
)
_GOOD = f"满意|喜欢|推荐|认可|支持|愿意|很好|更好|最好|不错|方便|{_PRAISE}"

LEADING = _all(
    r"难道",
    rf"(是不是|是否)(也)?(觉得|认为|同意|感到).{{0,14}}?(很|非常|更|最|十分|特别|变)"
    rf"?({_GOOD}|提升|改善|进步)",
    r"(对吧|是吧|对不对|不是吗|没错吧|好吧|吧)[?!。]*$",
    rf"(我们|本公司|我司|\{{brand\}}|我网)(的)?.{{0,4}}({_PRAISE})(的|服务|网络|套餐)",
    r"是不是(也)?.{0,12}(比|越来越|更加?|变得?).{0,8}(好|快|方便|便宜|稳定|清楚)",
    r"同意.{0,14}(最(好|专业|快|优|佳|便宜)|一流|业内第)",
    r"感到(惊喜|惊艳|感动|自豪|荣幸)",
    r"众所周知|大家都(知道|认为|觉得|喜欢|说)|(绝)?大多数(客户|用户|人|顾客)(都|认为|觉得|选择)",
    rf"(您|你)(一定|肯定|必定|应该也|想必).{{0,10}}({_GOOD})",
    rf"(相信|想必)(您|你).{{0,10}}({_GOOD})",
    r"有多么?(喜欢|热爱|棒|差劲|糟糕|讨厌|失望|优秀|出色)",
    r"(多么|如此)(优秀|出色|便捷|糟糕|贴心|失望|满意)",
    r"\b(don't|wouldn't|isn't|aren't|didn't|shouldn't|won't) (you|it|we|our|they)\b",
    r"\bhow (much do you (love|like|enjoy)|much did you (love|like|enjoy)|"
    r"great|amazing|excellent|wonderful|fantastic|terrible|bad|awful|frustrat\w+)\b",
    r"\bour (new and )?(excellent|award-winning|great|outstanding|amazing|world-class|"
    r"leading|fantastic|superb|improved|high-quality|best|wonderful|friendly|"
    r"helpful|reliable|dedicated|professional|superfast|unbeatable)\b",
    r"\b(most (people|customers|users)|everyone|everybody) "
    r"(agrees?|thinks?|says?|prefers?|loves?|knows?)\b",
    r"\bwe(?: are|'re) (sure|confident|certain)\b|\byou (must|surely|certainly) "
    r"(agree|love|like|be|have)",
    r", (right|correct|yes|no doubt)\?",
    r"\bas you know\b|\bof course you\b",
)

PORTING = _all(
    r"携号转网|携转|携出|转网|携号|号码可携|携码",
    r"\bnumber portability\b|\bport(ing)? (your|the) number\b|\bmnp\b",
)

FEAR = _all(
    r"(转网|携转|携出|携号转网|离网|销户)(后|以后|之后|将|会|可能).{0,12}"
    r"(无法|不能|收不到|失去|丢失|清零|损失|后悔|风险|受限|变差|没有信号)",
    r"(一旦|如果).{0,6}(转网|携转|携出|离网).{0,14}(无法|不能|收不到|失去|丢失|损失|后悔)",
    r"(网络|信号).{0,6}(会|将)(变差|没有).{0,6}",
    r"\b(if|once) you (leave|port|switch).{0,40}(lose|cannot|can't|regret|risk|worse)",
    r"\byou (will|may) (lose|regret).{0,30}(number|switch|leav|port)",
)

# Pairs that are one thing in the reader's mind.
ONE_THING = re.compile(
    r"(朋友|亲友|家人|同事|同学|同行|亲戚|同业)(或|和|与|、)(者)?(朋友|亲友|家人|同事|同学|同行|亲戚|同业)"
    r"|(产品|服务)或(服务|产品)|是或否|(覆盖|信号)(和|与|及)(信号|覆盖|信号强度)"
    r"|安装和?与?维修|装机与?和?维修|价格与?和?套餐|资费与?和?套餐|(账单|帐单|计费)(和|与)(扣费|计费)"
    r"|参与|与否|与其|与会|与时俱进|及时|普及|涉及|来得及|饱和|温和|和谐|缓和|总和|"
    r"或许|跟进|跟踪|暂且|尚且"
    r"|friends? or (colleague|famil|relative)\w*|famil\w* or friends?|"
    r"products? or services?|services? or products?|coverage (and|&) signal|"
    r"price (and|&) plan|terms and conditions|yes or no|wi-?fi and|"
    r"installation (and|&) repair|billing (and|&) charges|"
    r"between \S+ and \S+|more or less|better or worse|one or more|"
    r"once or twice|and/or",
)
# A clause is a question when something in it is judged.
JUDGED = re.compile(
    r"满意|评分|打分|评价|评一评|如何|怎么样|怎样|吗|是否|同意|容易|轻松|方便|清楚|清晰|"
    r"专业|及格|几分|好不好|有没有|快不快|多大可能|"
    r"\b(how|rate|satisfied|was|were|did|does|is|are|do|easy|agree|would|has|have)\b",
)
# The other side is a person, not a second thing judged.
_PERSON = r"您|你|我们|客服|工作人员|他|她|对方|其他|朋友|同事|人工|店员|\{|师傅|工程师"
JOINED = _all(
    rf"[\u4e00-\u9fff]{{2,12}}(?:以及|还有|并且|而且|和|及|与|跟|或者|或|且|并|、|&)"
    rf"(?!{_PERSON})[\u4e00-\u9fff]{{2,12}}",
    r"\b(?!(?:rate|think|please|consider)\b)[a-z'-]{3,20} (?:and|or|&|as well as) "
    r"(?!(?:then|so|how|why|what|if|not|that|tell|we|you|i|it|let)\b)[a-z'-]{3,}",
)

_TOP = r"(?:10|十|满|最高|高)分"
COACHING = _all(
    rf"(?:打|给|评|选|回复|回覆|按|点)(?:个|出|上|我们|我|本次服务|一个|下)*(?:{_TOP}|9分|九分)"
    r"(?!(?:表示|为|=|是|代表)(?:非常|完全|很|最|极|十分)|=|制|以|到|至|或|键|,?1|的范围)",
    r"(?:回复|回覆|按|选择?)(?:数字)?10(?=[。!;,]|$)",
    rf"全(?:部)?(?:打|评|给|选)?(?:{_TOP}|好评|非常满意|十分满意|满意)",
    r"(?:请|麻烦|希望|期待|恳请|求|给|盼|拜托|务必|记得|帮忙|打)(?!.{0,8}(?:是否|如何)).{0,8}?"
    r"(?:十分满意|满分|五星|5星|好评|最高分|最高评价|非常满意的评价)",
    r"(?:请|麻烦|务必|记得|帮忙|拜托)(?:您|你)?(?:选择?|回复|按|评|点)(?:.{0,4})(?:非常满意|很满意)"
    r"(?!.{0,12}(?:不满意|一般))",
    r"(?:低于|不足|少于|不到)(?:9|10|九|十|5)分.{0,14}(?:扣|考核|罚|影响|不合格|不及格)",
    r"(?:影响|关系到|关乎|决定)(?:到)?.{0,6}(?:我的|员工的?|师傅的?)(?:工资|绩效|考核|奖金|收入)",
    rf"(?:只有|唯有)?{_TOP}(?:才|才算|就是)(?:是)?(?:合格|及格|满意|达标)",
    rf"(?:您|你)的{_TOP}",
    rf"{_TOP}(?:是|就是)?对我们.{{0,6}}(?:鼓励|支持|肯定)",
    r"(?:^|[.!?,:;] ?|\b(?:please|kindly|just|to|and|simply|could you|would you|you) )"
    r"(?:give|rate|score|award|leave|select|choose|click|vote|reply(?: with)?|pick|"
    r"mark)"
    r"(?: us| me| him| her| them| our \w+| your \w+| this| with| it)*"
    r"(?: an?| the| at)? (?:10|ten|perfect (?:score|10|ten)|5[- ]stars?|five[- ]stars?|"
    r"top (?:score|marks?|rating)|full marks|highest (?:score|rating|marks?)|"
    r"9 or (?:a )?10|excellent rating|positive (?:score|rating|review))\b"
    r"(?! ?(?:means|=|is|being|points?|to|minutes|questions)|"
    r" (?:for|if) (?:very|extremely|completely|not|yes|no|you are)| ?[/-])",
    r"\banything (?:less|lower|below|under|other)(?: than)?(?: an?)? "
    r"(?:9|10|ten|nine|5|five)\b",
    r"\b(?:below|under|less than|lower than) (?:an? )?(?:9|10|ten|nine|5|five)\b"
    r".{0,20}\b(?:fail\w*|bad|unacceptable|negative|unhappy)\b",
    r"\b(?:my|our|his|her|their) (?:bonus|job|pay|salary|performance|ranking)\b.{0,20}"
    r"\b(?:depends?|based|relies|affected)\b",
    r"\bwe (?:aim|strive|hope|work|would love)(?: hard)? (?:for|to (?:earn|get|receive|"
    r"deserve)) (?:an? |your )?(?:10|ten|perfect|5|five|top)\b",
)

CLASS_EXPLAINED = _all(
    r"推荐者|贬损者|被动者|中立者|批评者|推广者",
    r"(?:9|9-10|9到10|9至10|9、10|9或10)分?(?:及)?(?:以上)?(?:才)?(?:算|视为|计为|属于|记为).{0,4}"
    r"(?:推荐|满意|合格|好评)",
    r"(?:0-6|0到6|0至6|6分(?:及)?以下|低于7分|7分以下|8分以下).{0,8}"
    r"(?:算|视为|属于|计为|不合格|差评|扣分|不满意)",
    r"\b(?:promoters?|detractors?|passives)\b",
    r"\b(?:0|zero)(?: to |-|–| through )(?:6|six)\b.{0,12}"
    r"\b(?:counts?|means|negative|bad|fail\w*|unhappy)\b",
    r"\b(?:6|7|8) (?:or|and) (?:less|lower|below)\b.{0,14}"
    r"\b(?:counts?|negative|fail\w*|bad)\b",
)

RANGE = re.compile(r"\d+ ?(?:-|–|~|到|至|to|through) ?\d+")
_MONEY = r"(?:\d+|[一二三五十百]+) ?元"
REWARD = re.compile(
    rf"话费|红包|礼品|奖品|奖励|优惠券|代金券|抽奖|返现|现金|礼包|赠送|积分|{_MONEY}|"
    r"(?:送|得|赠|领)(?:您)?.{0,6}(?:流量|话费|gb|g\b|权益|礼|券)|"
    r"\b(?:gifts?|vouchers?|coupons?|rewards?|prizes?|prize draw|discounts?|points|"
    r"cash|credit|bonus|free (?:data|month|coffee)|[$£€]\d+)\b",
)
SCORED_HIGH = re.compile(
    rf"{_TOP}|9分|九分|5分|五分|五星|5星|好评|(?<!不)(?:非常|十分)满意|"
    r"\b(?:score|rate|rating|give|mark)\w*\b.{0,18}\b(?:10|ten|9|nine|perfect|five|top|"
    r"highest|positive|good)\b|"
    r"\b(?:10|9|ten|perfect|5[- ]star|five[- ]star|top|positive|good|high) "
    r"(?:score|rating|review|mark)s?\b",
)

# Offers proper, which no question about offers would say.
OFFER = _all(
    r"立减|限时|秒杀|买一送一|低至|仅需\d|充\d+送|首月免费|半价|新品上市|[1-9一二三五六七八九]折(?!扣)",
    r"免费(?:领取|升级|体验|送|赠|办理)|(?:立即|马上|现在|赶快)(?:办理|订购|领取|抢购|升级|参与|充值)",
    r"(?:回复|点击|登录|戳).{0,10}(?:领取|办理|订购|开通|抢购|升级)",
    r"(?:领取|赠送|送您|送你|送出).{0,8}(?:券|流量|话费|礼包|权益|会员)",
    r"\b\d+ ?% off\b|\bhalf price\b|\blimited[- ]time\b|\bbuy one\b|\bone free\b|"
    r"\bfree (?:upgrade|trial|month|data)\b|\bupgrade (?:now|today)\b|"
    r"\bclaim (?:your|now)\b|\bredeem\b|\b(?:order|shop|buy|subscribe) now\b|"
    r"\bsave (?:up to )?[$£€]?\d|\b(?:only|just|from) [$£€]\d",
)
# Words that make a message marketing whatever stands around them.
OFFER_WORDS = _all(
    r"优惠|折扣|特价|促销|大酬宾|满减|代金券|抵扣|返现|购机|特惠|钜惠|超值|福利(?:来|到)|办理.{0,6}享|"
    r"\d+元/月|每月(?:仅|只)?(?:需)?\d+元|升级(?:5g)?套餐",
    r"\b(?:discounts?|coupons?|promo(?:tion|code)?s?|vouchers?|special offers?|deals?|"
    r"on sale|bargain|cheaper|exclusive offers?)\b|[$£€]\d+(?:\.\d+)?(?:/| per |\b)",
)

OPERATORS = re.compile(
    r"中国移动|中国联通|中国电信|中国广电|(?<![关相接])联通(?!率)|中华电信|台湾大哥大|远传电信|台湾之星|"
    r"亚太电信|数码通|香港宽频|和记电讯|"
    r"\b(?:china (?:mobile|unicom|telecom)|smartone|hkbn|csl|3hk|verizon|t-mobile|"
    r"vodafone|at&t|telefonica)\b",
)
COMPARED = _all(
    r"(?:比|优于|强于|胜过|超过)(?:其他|别家|竞争对手|对手|友商|别的|同行)"
    r".{0,8}(?:好|快|便宜|优|强|划算|实惠|稳定)?",
    r"(?:其他|别家|友商|竞争)(?:运营商|公司|对手).{0,8}(?:差|慢|贵|不如|断网|乱收费)",
    r"\b(?:better|cheaper|faster|more reliable|stronger) than "
    r"(?:other|any other|the competition|competitors?|rival|our rivals)\b",
)
# A question that compares without saying who wins is a fair question.
ASKS_TO_COMPARE = re.compile(r"(?:与|和|同|跟)其他|相比|compared (?:with|to)")

PERSONAL = _all(
    r"身份证|证件号|护照号|银行卡号?|(?:您的|填写|留下|提供).{0,6}(?:姓名|真实姓名|手机号码?|电话号码|"
    r"住址|家庭地址|详细地址|出生日期|生日|微信号|邮箱)",
    r"\b(?:your|enter|provide|leave) .{0,12}(?:full name|phone number|mobile number|"
    r"home address|id number|passport|date of birth|e-?mail address|bank account)\b",
)
ANONYMOUS = re.compile(r"匿名|不记名|anonym")
NONE_OPTION = re.compile(
    r"^(?:以上|上述)?(?:都|均|皆)?(?:没有|无|不是|未遇到|未使用|不清楚|说不清|不确定|不知道)|"
    r"以上(?:都|均)(?:没有|不|无)|没有(?:遇到|以上|问题|使用)|都不|都没|不使用|不记得|"
    r"\bnone\b|\bnot sure\b|\bnothing\b|\bno problems?\b|\bdo not (?:know|use)\b|"
    r"\bdon't know\b|\bnot applicable\b",
)
OPT_OUT = re.compile(
    r"退订|拒收|取消订阅|拒绝接收|不再接收|回(?:复)?\s?(?:td|r|t|n)\b|"
    r"unsubscrib|opt[- ]?out|\bstop\b|\{(?:opt_out|unsubscribe|optout)\}",
)
