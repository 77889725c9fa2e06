"""A parameter file with one value changed and all else, comments too, left as it stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import yaml

from segmentation_lib.params.strict_yaml import read_yaml

__all__ = ["edited"]

_ROOT = "params"
_WIDTH = 100


def edited(text: str, parameter: str, value: Any) -> str:
    r"""Return the text of a parameter file with one parameter set.

    An item that leaves a list is cut out of it; any other value is written anew on one line, or
    added at the head of its section. The result is read again: nothing but that parameter differs.

    Args:
        text: The file.
        parameter: Dotted path under ``params``, such as ``prepare.features``.
        value: Its new value: a scalar, or a list of scalars.

    Raises:
        ValueError: A section of the path holds no mapping, or the file cannot be edited so.

    >>> edited("params:\n  prepare:\n    features: [a, b]  # two\n", "prepare.features", ["a"])
    'params:\n  prepare:\n    features: [a]  # two\n'
    """
    path = [_ROOT, *parameter.split(".")]
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    node, depth = _deepest(root, path)
    if depth == len(path):
        result = _without(text, node, value) or _replaced(text, node, value)
    elif isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        result = _inserted(text, node, path[depth:], value)
    else:
        raise ValueError(f"{'.'.join(path[1:depth])} holds no keys, so {parameter} cannot be set")
    wanted = _with(read_yaml(text, "before").values, path, value)
    if read_yaml(result, "after").values != wanted:
        raise ValueError(f"{parameter} cannot be edited in place; change it by hand")
    return result


def _deepest(node: Any, path: Sequence[str]) -> tuple[Any, int]:
    for depth, step in enumerate(path):
        found = None
        if isinstance(node, yaml.MappingNode):
            found = next((value for key, value in node.value if key.value == step), None)
        if found is None:
            return node, depth
        node = found
    return node, len(path)


def _without(text: str, node: Any, value: Any) -> str | None:
    """Cut single items out of a list, if that is all that changes."""
    if not isinstance(node, yaml.SequenceNode) or not isinstance(value, list) or not value:
        return None
    kept = [item for item in node.value if _plain(item) in value]
    if [_plain(item) for item in kept] != value or len(kept) == len(node.value):
        return None
    for place in reversed(range(len(node.value))):
        item = node.value[place]
        if item in kept:
            continue
        start, end = item.start_mark.index, item.end_mark.index
        if not node.flow_style:
            start = text.rindex("\n", 0, start) + 1
            end = text.find("\n", end) + 1 or len(text)
        elif place + 1 < len(node.value):
            end = node.value[place + 1].start_mark.index
        else:
            start = node.value[place - 1].end_mark.index
        text = text[:start] + text[end:]
    return text


def _replaced(text: str, node: Any, value: Any) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        # A block list starts on its own line and ends at the head of the next key.
        start = text.rindex(":", 0, start) + 1
        rest = text[start:end]
        end = start + len(rest.rstrip())
        return f"{text[:start]} {_flow(value)}{text[end:]}"
    return text[:start] + _flow(value) + text[end:]


def _inserted(text: str, node: Any, names: Sequence[str], value: Any) -> str:
    head = node.start_mark
    indent = " " * head.column
    lines = [f"{indent}{'  ' * depth}{name}:" for depth, name in enumerate(names)]
    lines[-1] += f" {_flow(value)}"
    at = head.index - head.column
    return text[:at] + "\n".join(lines) + "\n" + text[at:]


def _flow(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_flow(item) for item in value)}]"
    if isinstance(value, str) and read_yaml(f"x: [{value}]", "value").values == {"x": [value]}:
        return value
    return json.dumps(value, ensure_ascii=False)


def _plain(node: Any) -> Any:
    return read_yaml(f"x: {json.dumps(node.value)}", "item").values["x"] if node.style else (
        read_yaml(f"x: {node.value}", "item").values["x"]
    )  # fmt: skip


def _with(values: Any, path: Sequence[str], value: Any) -> Any:
    if not path:
        return value
    inside = values if isinstance(values, dict) else {}
    return {**inside, path[0]: _with(inside.get(path[0]), path[1:], value)}
