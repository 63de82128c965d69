"""Tables in Markdown."""


def table(titles: list[str], rows: list[list[str]]) -> str:
    """A table whose first column is text and whose others are figures."""
    ruler = "|---|" + "---:|" * (len(titles) - 1)
    return "\n".join(["| " + " | ".join(titles) + " |", ruler] + ["| " + " | ".join(row) + " |" for row in rows])


def capitalized(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def with_range(spread: dict[str, float], digits: int) -> str:
    """A median in bold, and from where to where the rounds go."""
    return f"**{spread['median']:.{digits}f}** ({spread['min']:.{digits}f}–{spread['max']:.{digits}f})"
