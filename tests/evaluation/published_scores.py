"""Every third-level score as its report prints it, beside what its own rule gives.

One line each: code, score by the rule, score as published. A dash: no actual value is printed that the rule
could be applied to, or no score is printed for the indicator itself.
"""

SCORES = {
    "changji-2023": """
        A101 5 5
        A102 3 3
        A201 4 4
        A202 3 3
        A301 4 4
        A302 2 2
        B101 4 4
        B102 4.74 4.74
        B103 4 4
        B201 2 2
        B202 4 4
        C101 3 -
        C102 3 -
        C103 0.65 -
        C104 3 -
        C105 3 -
        C201 5 5
        C301 2.5 -
        C302 2.5 -
        C303 2.5 -
        C304 2.5 -
        D101 20 20
        D201 10 10
    """,
    "tianmen-2022-project-1": """
        A01 5.87 20
        B101 30 30
        B201 5 5
        B301 3 3
        B401 2 2
        C101 10 10
        C201 10 10
        C301 - 10
        C401 5 5
        C501 5 5
    """,
    "tianmen-2022-project-2": """
        A01 5.98 20
        B101 30 30
        B201 5 5
        B301 3 3
        B401 2 2
        C101 10 10
        C201 10 10
        C301 10 10
        C401 5 5
        C501 5 5
    """,
    "tianmen-2022-project-3": """
        A01 20 -
        B101 30 30
        B201 5 5
        B301 3 3
        B401 2 2
        C101 10 10
        C201 10 10
        C301 10 10
        C401 5 5
        C501 5 5
    """,
    "tianmen-2022": """
        A101 1 1
        A102 2 2
        A103 2 2
        A201 5 5
        A202 - 5
        B101 0 4
        B102 - 5
        B103 - 8
        B104 - 3
        B105 - 5
        B106 - 5
        B201 8 8
        B202 3 3
        B203 4 4
        B301 3 3
        B302 - 5
        C101 6 6
        C102 7 7
        C103 7 7
        D101 - 5
        D201 5 5
    """,
    "turpan-2022": """
        A101 3 3
        A102 3 3
        A201 2.6 2.59
        A202 3 3
        A301 4 4
        A302 4 4
        B101 4 4
        B102 4 4
        B103 4 4
        B201 4 4
        B202 4 4
        C101 5 5
        C102 5 5
        C201 0 0
        C202 6 6
        C203 6 6
        C301 6 6
        C401 6 6
        D101 10 10
        D201 10 10
    """,
    "urumqi-2023": """
        A101 3 3
        A102 3 3
        A201 2.4 2.33
        A202 1.6 1.53
        A301 3 3
        B101 3 3
        B102 2.94 3
        B103 3 3
        B201 1.02 1.14
        B202 0.5 0.43
        B203 1.5 1.5
        B204 2 2
        B205 1.34 1.34
        B206 1.66 1.66
        B207 0 0
        B208 0 0
        C101 3.93 4.08
        C102 2.5 2.5
        C103 2.5 2.5
        C201 4 4
        C202 0 0
        C203 3.88 3.88
        C204 4 4
        C301 5 5
        D101 5 5
        D102 5 5
        D103 5 5
        D201 5 5
        D202 4 3.86
    """,
    "zizhou-2021": """
        A101 4 4
        A102 3 3
        A201 4 4
        A202 2 2
        A301 3 3
        A302 4 4
        B101 5 5
        B102 5 5
        B103 5 5
        B201 2 2
        B202 3 3
        C101 10 10
        C201 9.8 8
        C301 10 10
        C401 10 10
        D101 10 10
        D201 9.47 8
    """,
}
