"""Generated sample deliveries: a centre's year as its vendor would export it, with the true counts beside it.

Knows nothing of the rest of the product, so that `truth.json` can check the product."""

from web.demo.sample.year import draw_year

__all__ = ["draw_year"]
