"""What a lane said and refused while it was played, in words: for those who read why something was not as expected."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lanectl.decide import Decision
from lanectl.layout import Layout
from lanectl.model import Act, Lane, Refusal, Report
from lanectl.status.news import News, follow
from lanectl.status.shown import Moment
from lanectl.wording import happening_text, sentence

LINES_MAX = 60  # of the transcript: the newest


@dataclass(frozen=True, slots=True)
class Heard:
    """What the lane said, and when."""

    at: float
    words: str


@dataclass(slots=True)
class Listening:
    """Observer of a controller's steps. Every time that it tells counts from `began_at` on the controller's clock.

    `refused_at`: subject and code of each refusal, and when it last stood.
    """

    layout: Layout
    began_at: float = 0.0
    heard: list[Heard] = field(default_factory=list)
    refused_at: dict[tuple[str, str], float] = field(default_factory=dict)
    _news: News = field(default_factory=News)
    _standing: set[tuple[str, str]] = field(default_factory=set)

    def begin(self, now: float) -> None:
        """What was before counts no more."""
        self.began_at = now
        self.heard.clear()
        self.refused_at.clear()

    def say(self, now: float, words: str) -> None:
        self.heard.append(Heard(now - self.began_at, words))

    def stepped(self, now: float, before: Lane, report: Report, decision: Decision) -> None:
        after = decision.core.lane
        self._news = follow(self._news, self.layout, Moment(now, ""), decision.identity or report, before, after, decision.refusals)
        for happening in self._news.latest:
            self.say(now, happening_text(happening, "en"))
        if not decision.stepped:
            return
        standing = {(refusal.subject, refusal.code) for refusal in decision.refusals}
        for refusal in decision.refusals:
            self.refused_at[refusal.subject, refusal.code] = now - self.began_at
            if (refusal.subject, refusal.code) not in self._standing:
                self.say(now, f"refused: {told(refusal)}")
        self._standing = standing

    def transcript(self, refusals: Iterable[Refusal] | None) -> list[str]:
        """The newest last, then what is refused now. `refusals` None: no controller runs."""
        left_out = [f"… {len(self.heard) - LINES_MAX} lines before"] if len(self.heard) > LINES_MAX else []
        lines = [f"{heard.at:8.1f} s  {heard.words}" for heard in self.heard[-LINES_MAX:]]
        if refusals is None:
            return [*left_out, *lines, "no controller runs"]
        return [*left_out, *lines, *([f"refused now: {told(refusal)}" for refusal in refusals] or ["refused now: nothing"])]


def told(refusal: Refusal) -> str:
    subject = refusal.subject if refusal.subject not in Act.__members__ else f"act {refusal.subject}"
    return f"{subject}: {sentence(refusal.code, dict(refusal.params), 'en')} ({refusal.code}, {refusal.invariant})"


def of_act(refusals: Iterable[Refusal], act: Act) -> tuple[Refusal, ...]:
    return tuple(refusal for refusal in refusals if refusal.subject == act.value)
