"""What is raised when the embedded server cannot be used."""


class EmbeddedServerProblem(RuntimeError):
    """内置数据库不能用。"""
