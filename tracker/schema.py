"""Where every room declares its tables; needs no database."""

import sqlalchemy as sa

metadata = sa.MetaData()
