"""Patterns, as data, of what a prompt gives away or asks for that a person should see before agents do. Pure.

An ask is an act and its object in one sentence, unless the sentence is about defence, or makes it up. English, and
numbers and keys in any language: what a rule misses, people report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Group: TypeAlias = Literal["secret", "personal", "unlawful"]
# What stands in for a secret, in manuals and in examples.
PLACEHOLDER = re.compile(
    r"example|your|change.?me|placeholder|dummy|redacted|hidden|x{4,}|\*{3,}|\.{3}|<|\$\{|\{\{|environ|process\.env|"
    r"getenv|secrets?\.|1234|password|qwerty|token$|none|null|test",
    re.IGNORECASE,
)
PERSON = (
    r"(?:ex\b|ex-\w+|exes|girlfriend|boyfriend|wife|husband|spouse|neighbou?rs?\b|co-?workers?|colleague|boss|"
    r"classmate|teacher|landlord|tenant|sister|brother|mother|father|daughter|son|roommate|flatmate|stepdad|stepmom|"
    r"(?:this|that|a|some)\s(?:guy|girl|woman|man|person|lady|dude|kid)|him\b|her\b|them\b|someone|somebody)"
)
SECRETS = {
    "cloud-key": r"\b(?:AKIA|ASIA)(?![0-9A-Z]*EXAMPLE)[0-9A-Z]{16}\b|\bAIza[\w-]{35}\b",
    "code-host-key": r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_\w{50,}|\bglpat-[\w-]{20,}",
    "payment-key": r"\b[sr]k_live_[A-Za-z0-9]{16,}",
    "model-key": r"\bsk-(?:proj-|ant-)[\w-]{20,}|\bsk-[A-Za-z0-9]{32,}\b|\bhf_[A-Za-z0-9]{30,}\b",
    "chat-key": r"\bxox[abprs]-[\w-]{10,}|\b\d{8,10}:AA[\w-]{30,}",
    "private-key": r"-----BEGIN\s(?:[A-Z]+\s)?PRIVATE\sKEY",
    "session-token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "address-with-password": r"\b[a-z][a-z+]{2,12}://[\w.-]+:(?P<value>[^\s/@:<>{}$]{5,})@(?!localhost|127\.|db[:/]|example)",
    "password": (
        r"\b(?:password|passwd|pwd|passwort|passcode|api[ _-]?key|secret(?:[ _-]?key)?|access[ _-]?token|login)\b"
        r"[\"']?\s*(?:is|=|:|->)\s*[\"'`]?(?P<value>[^\s\"'`,;]{7,})"
    ),
    "recovery-words": (
        r"\b(?:seed|recovery|mnemonic|backup)\s(?:phrase|words)\b[^a-z]{1,6}(?:is[^a-z]+)?"
        r"(?:[a-z]{3,8}[\s,]+){11}[a-z]{3,8}\b"
    ),
}


@dataclass(frozen=True)
class Ask:
    """Something that a prompt may not ask for: `act` and `of` in one sentence, and nothing of `unless` in it."""

    name: str
    act: str
    of: str
    unless: str = ""

    def is_in(self, sentence: str) -> bool:
        """Whether a sentence, in small letters, asks for it."""
        is_asked = re.search(self.act, sentence) and re.search(self.of, sentence)
        return (
            bool(is_asked) and not FICTION.search(sentence) and not (self.unless and re.search(self.unless, sentence))
        )


# Whatever is made up is no ask, whatever it is of.
FICTION = re.compile(
    r"\b(?:novels?|story|stories|fiction\w*|screenplay|scene\b|characters?|villains?|movies?|films?|comic|thriller|poem|song|"
    r"lyrics|limerick|satire|parody|games?\s(?:about|in\swhich|where|for)|stage\splay|theat(?:re|er))\b"
)
DEFENCE = (
    r"\b(?:detect\w*|spot\w*|recogni[sz]\w*|protect\w*|prevent\w*|defen[dcs]\w*|awareness|training|avoid\w*|remov\w*|"
    r"stop\w*|analy[sz]\w*|explain\w*|warn\w*|quiz|against|report\s(?:about|on)|history|lecture|essay|article|"
    r"museum|documentary|secure|audit|harden\w*|policy|how\s(?:\w+\s)?works?)\b"
)
ASKS = (
    Ask(
        "break-in",
        r"\b(?:hack\w*|break(?:ing)?\sinto|get(?:ting)?\sinto|crack(?:ing)?|take\sover|hijack\w*|log(?:ging)?\s?in(?:to)?|"
        r"access|unlock|read|guess\w*|reset)\b",
        rf"\b(?:his|her|their|{PERSON}(?:'?s)?)\b.{{0,30}}?\b(?:instagram|facebook|insta|gmail|snap(?:chat)?|whatsapp|"
        r"icloud|tiktok|discord|account|e-?mails?|inbox|phone|messages|texts|dms|wi-?fi|laptop|password)\b",
        r"\b(?:with\s(?:his|her|their)\sconsent|gave\sme|asked\sme|my\sown|public\sposts?)\b",
    ),
    Ask(
        "spying",
        r"\b(?:track\w*|spy\w*|monitor\w*|stalk\w*|follow(?:ing)?|record\w*|listen(?:ing)?\sin|bug|gps|watch\w*)\b",
        rf"\b{PERSON}.{{0,80}}\b(?:without\s(?:her|him|them|their|his|(?:it|anyone|anybody))\s?(?:\w+\s){{0,2}}"
        r"(?:know\w*|notic\w*|consent|finding|being)|secretly|hidden|in\ssecret|behind\s(?:her|his|their)\sback|"
        r"so\s(?:she|he|they)\s(?:do(?:es)?n'?t|can'?t|won'?t|never)\s(?:know|notice|see|find))\b",
    ),
    Ask(
        "doxxing",
        r"\b(?:find|get|dig\sup|look\sup|locate|track\sdown|trace|figure\sout|tell\sme|post|publish|identify|unmask)\b",
        r"\b(?:(?:her|his|their|'s)\s(?:\w+\s)?(?:home\saddress|private\saddress|real\saddress|address|real\sname|"
        r"phone\snumber|cell|employer|workplace|school|car|daily\sroutine)|where\s(?:s?he|they|this\s\w+|that\s\w+)\s"
        r"(?:really\s)?(?:lives?|works?|goes|parks?|sleeps?))\b",
        r"\b(?:compan(?:y|ies)'?s?|business|shop|restaurant|office|customer\sservice|author|hotel|museum|brand|senator|"
        r"book|character|artist|band|public\sfigure|birds?|whales?|animals?|turtles?)\b",
    ),
    Ask(
        "phishing",
        r"\b(?:phish\w*|fake|clone|copy|spoof\w*|look(?:s|ing)?\s(?:exactly\s|just\s)?(?:like|as\sif)|imperson\w*|pretend\w*)\b",
        r"\b(?:log-?\s?in|sign-?\s?in|bank\w*|paypal|netflix|amazon|microsoft|apple|irs|tax\soffice|payroll|it\sdepartment|"
        r"postal|parcel|dhl|ups|coinbase|help\s?desk|ceo)\b.{0,120}\b(?:steal\w*|collect\w*|captur\w*|harvest\w*|"
        r"(?:enter|type|give|send|hand|confirm|reveal)\w*,?\s(?:\w+,?\s){0,4}(?:passwords?|logins?|credentials?|cards?|codes?|"
        r"details|pins?|gift\scards?|money))\b",
        DEFENCE,
    ),
    Ask(
        "malware",
        r"\b(?:write|make|build|create|code|give\sme|need|want|sell|program|develop|obfuscate|deploy|run)\b",
        r"\b(?:ransomware|key-?\s?logger|malware|trojan|botnet|(?:info|password|cookie|token)\s?-?stealer|worm\sthat|"
        r"virus\sthat|rootkit|d?dos\s(?:tool|script|bot|attack)|remote\saccess\strojan|crypter|spyware|"
        r"undetect\w+\sby\s(?:any\s)?anti-?virus|encrypts?\s(?:\w+\s){0,5}(?:until|unless)\s(?:\w+\s){0,3}pay\w*)\b",
        DEFENCE,
    ),
    Ask(
        "forged-papers",
        r"\b(?:fak(?:e|ing)|forg(?:e|ed|ing)|counterfeit\w*|photoshop\w*|edit(?:ed|ing)?|alter\w*|chang(?:e|ing)|realistic|"
        r"convincing|pass(?:es)?\s(?:as|for|inspection|verification)|backdat\w+)\b",
        r"\b(?:passports?|driv(?:er|ing)'?s?\slicen[cs]es?|id\scards?|diplomas?|degree\scertificates?|transcripts?|"
        r"bank\sstatements?|pay\s?-?(?:stubs?|slips?)|prescriptions?|doctor'?s\snotes?|sick\snotes?|vaccin\w+\s"
        r"(?:cards?|certificates?)|birth\scertificates?|visas?|work\spermits?|banknotes?|tax\sreturns?|utility\sbills?)\b",
        rf"{DEFENCE}|\b(?:prop|props|theat(?:re|er)|cosplay|my\s(?:photo|name|address)\son)\b",
    ),
    Ask(
        "fake-reviews",
        r"\b(?:write|post|give|make|need|want|generate|create|leave)\b.{0,60}\breviews?\b",
        r"\b(?:fake|as\sif|pretend\w*|different\s(?:accounts|people|customers|names)|made-?\s?up\s(?:customers|names|people)|"
        r"never\s(?:bought|stayed|ate|used|been)|competitors?|look\s(?:real|genuine|organic))\b",
        r"\b(?:detect\w*|spot\w*|classif\w*|fil[lt]er\w*|story|novel|satire|parody|plugin|article)\b",
    ),
    Ask(
        "drugs",
        r"\b(?:cook\w*|synthesi[sz]\w*|mak(?:e|ing)|produc\w*|extract\w*|buy\w*|sell\w*|order\w*|get|ship\w*|recipe|smuggl\w*)\b",
        r"\b(?:meth|methamphetamine|crystal\smeth|mdma|ecstasy|fentanyl|lsd|dmt|cocaine|heroin|ghb|oxy(?:contin|codone)?|"
        r"xanax\swithout)\b",
        rf"{DEFENCE}|\b(?:rehab\w*|addiction|sober|recovery|harm\sreduction|song|lyrics|band|breaking\sbad)\b",
    ),
    Ask(
        "weapons",
        r"\b(?:build\w*|mak(?:e|ing)|assembl\w*|3d.?print\w*|print\w*|instructions|recipe|mix\w*|construct\w*|buy)\b",
        r"\b(?:pipe\sbombs?|bombs?|explosives?|detonators?|silencers?|suppressors?|ghost\sguns?|untraceable\s(?:guns?|pistol)|"
        r"molotovs?|nerve\sagent|ricin|napalm|thermite|full(?:y)?.?auto(?:matic)?\sconver\w+)\b",
        rf"{DEFENCE}|\b(?:bath|seed|photo|cocktail|calorie|glitter|cherry|f-bombs?|noise|fan|muffler|stove|mic)\b",
    ),
    Ask(
        "laundering",
        r"\b(?:launder\w*|clean(?:ing)?|have|got|hid(?:e|ing)|bypass\w*|get(?:ting)?\s(?:around|past)|evad\w*|dodg\w*|circumvent\w*|"
        r"mov(?:e|ing)|pass(?:ing)?)\b",
        r"\b(?:dirty\s(?:money|cash)|money\slaundering\s(?:checks?|rules?)|(?:drug|scam|stolen)\s(?:money|cash|funds)|kyc|"
        r"sanctions?|aml|identity\s(?:check|verification)s?|age\sverification|from\sthe\s(?:tax\soffice|irs|taxman)|"
        r"money\smules?|id\scheck)\b",
        rf"{DEFENCE}|\b(?:compliance|comply|regulation|build\sa\skyc|integrate)\b",
    ),
    Ask(
        "stolen-cards",
        r"\b(?:generat\w*|buy\w*|get|sell\w*|give|list|find|check\w*|test\w*|use|using|cash\w*\sout)\b",
        r"\b(?:stolen\s(?:credit\s)?cards?|card\sdumps?|fullz|cvvs?\b|(?:working|valid|live|leaked)\s(?:credit\s)?card\s?"
        r"(?:numbers?|s\b)|(?:working|leaked|hacked|stolen)\s(?:netflix|spotify|disney\S*|bank|paypal|steam|\w+)\s"
        r"(?:accounts?|logins?|passwords?)|card\snumbers?\sthat\s(?:work|pass))\b",
        DEFENCE,
    ),
    Ask(
        "threat",
        r"\b(?:scar\w*|threat\w*|blackmail\w*|extort\w*|intimidat\w*|humiliat\w*|bully\w*|harass\w*|terrif\w*|ruin|destroy|"
        r"revenge|pay\sor|expose)\b",
        rf"\b(?:(?:my|our)\s(?:\w+\s)?{PERSON}|{PERSON}(?:'s)?\s(?:life|career|reputation|marriage|job)|send\sto\s{PERSON}|"
        r"(?:her|his|their)\s(?:photos|nudes|pictures|secrets?))\b",
        rf"{DEFENCE}|\b(?:joke|funny|birthday|prank|roast|halloween|haunted|costume|cat|dog|landlord\s(?:legally|by\slaw))\b",
    ),
    Ask(
        "intimate-images",
        r"\b(?:undress\w*|nud(?:e|es|ify)|naked|deepfake\w*|without\s(?:her|his|their)?\s?clothes|topless|porn\w*|sexual\w*|sexy)\b",
        rf"\b(?:(?:photos?|pictures?|pics?|images?|videos?|face)\s(?:of|from)|(?:this|that|these)\s(?:photos?|pictures?|images?)|{PERSON}|celebrity|streamer|actress|underage|minors?)\b",
        rf"{DEFENCE}|\b(?:figure\sdrawing|statue|sculpture|painting|mole.?rat|art\shistory)\b",
    ),
    Ask(
        "piracy",
        r"\b(?:crack(?:ed|s)?|keygen|pirat\w*|bypass\w*|remov\w*|strip|unlock\w*|serial|circumvent\w*|rip)\b",
        r"\b(?:licen[cs]e\s(?:check|key|server|protection)|drm|photoshop|adobe|windows\s(?:\d+|licen[cs]e|key|server)|microsoft\soffice|office\s\d+|autocad|watermarks?\s(?:from|off)|"
        r"paywall|copy\sprotection|activation|stock\s(?:photos?|images?))\b",
        r"\b(?:explain\w*|history|novel|story|our\sown|my\sown|i\sown|legal\w*|compare|clean)\b",
    ),
)
PERSONAL = {
    "lives-at": (
        r"\b(?:s?he|they|who)\s(?:currently\s|still\s|now\s)?lives?\s(?:at|on|in\s(?:apartment|flat|number))\s\d+|"
        r"\b(?:her|his|their)\s(?:home\s|private\s)?address\s?(?:is|:|=)\s*\w*\s?\d+|"
        r"\b(?:date\sof\sbirth|dob)\b[^.\n]{0,40}\d{2,4}[^\n]{0,100}\b(?:passport|ssn|address|lives|mother's\smaiden)\b"
    ),
    "passport-number": r"\bpassport\s(?:no\.?|number|nr\.?)\s*(?:is|:|=)?\s*[A-Z]{0,2}\d{6,9}\b",
    "social-security": r"\b(?:ssn|social\ssecurity)\b[^\n]{0,40}?\b(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b",
}
CARD = re.compile(r"(?<![\d.-])(?:\d[ -]?){12,18}\d(?![\d.-])")
# What payment companies print in their manuals.
TEST_CARDS = re.compile(
    r"4242424242424242|4111111111111111|5555555555554444|378282246310005|(\d)\1{11}|4000000000\d{6}"
)
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
TEST_IBANS = (
    "DE89370400440532013000",
    "GB82WEST12345698765432",
    "GB29NWBK60161331926819",
    "FR1420041010050500013M02606",
)
MAIL = re.compile(r"\b[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}\b", re.IGNORECASE)
# Where people have their own mailbox, not a shop its counter.
PRIVATE_MAIL = re.compile(
    r"@(?:gmail|googlemail|hotmail|outlook|yahoo|icloud|aol|gmx|web|proton(?:mail)?|live|mail)\.", re.IGNORECASE
)
PHONE = re.compile(r"(?<![\w.+-])(?:\+\d{1,3}[ .-]?)?(?:\(\d{2,4}\)[ .-]?)?\d{2,4}[ .-]\d{3,4}[ .-]?\d{3,5}(?![\w-])")
ABOUT_PERSON = re.compile(
    rf"\b(?:my|our)\s(?:\w+\s)?{PERSON}|\b(?:her|his|their)\s(?:\w+\s){{0,2}}(?:number|cell|mobile|phone|e-?mail|address)|"
    r"\b(?:call|text|ring|message|write\sto|mail|contact)\s(?:him|her|them)\b|\bcustomers?\s(?:list|data)|\bpatients?\b",
    re.IGNORECASE,
)
STREET = re.compile(
    r"\b\d{1,5}\s(?:[A-Z][a-z]+\s){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Court|Ct|Boulevard|Blvd|Way|Close)\b"
    r"|\b[A-Z][a-zß]+(?:straße|strasse|weg|gasse|platz)\s\d{1,4}\b"
)
# So many private addresses are a list of people.
MAILS_MANY = 4
