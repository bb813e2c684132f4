"""Facts and figures from log events alone, on DuckDB: no server, no network, the same declarations."""

from kpi.offline.replay import Replay, replay

__all__ = ["Replay", "replay"]
