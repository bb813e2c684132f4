"""Registries that are folders: a module joins one by standing there."""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from sys import modules
from types import ModuleType


def find_modules(name: str, package: str, first: Sequence[str] = ()) -> tuple[ModuleType, ...]:
    """The modules of a package that declare a name: those told `first`, then the others by the alphabet.

    Every module of the package is imported, so none of them may import what the package makes of them.
    """
    found = sorted(one.name for one in iter_modules(modules[package].__path__))
    found.sort(key=lambda one: first.index(one) if one in first else len(first))
    imported = [import_module(f"{package}.{one}") for one in found]
    return tuple(module for module in imported if hasattr(module, name))
