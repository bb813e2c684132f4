"""Who handles an appeal, and the topic that leads there."""

from typing import NamedTuple


class Office(NamedTuple):
    topic: str
    name: str


CENTRE = "热线中心"  # answers without dispatching

OFFICES = (
    Office("住房物业", "市住建局"),
    Office("供水", "市水务公司"),
    Office("供热", "市供热公司"),
    Office("劳动社保", "市人社局"),
    Office("医疗保障", "市医保局"),
    Office("市容环卫", "市城管局"),
    Office("户籍交管", "市公安局"),
    Office("教育", "市教育局"),
    Office("属地综合", "高昌区政府"),
    Office("属地综合", "鄯善县政府"),
    Office("属地综合", "托克逊县政府"),
)
