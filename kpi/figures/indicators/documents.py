"""Indicators of evidence on file."""

from kpi.figures.indicators.formula import ever, percent
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator

GROUP = "档案"

_SEED = "2023年政务服务运行维护费项目绩效评价指标"
_SAMPLE = "样例中心2023年"
_EVER = (
    "人员按期间算：本期第一天在岗的人加期内入职的人，所以各月份数不能相加成全年。一人一份；"
    "期内离职又入职的，每次入职另算一份。"
)
_UPLOADED = "以上传到本系统、没有撤销的文件为准。"
_OF_PEOPLE = (
    f"{_UPLOADED}花名册上写有编号而没有文件的，不算。人员档案应有的材料一份也没有上传过时，本指标不适用。"
)
_OF_PAYMENTS = f"{_UPLOADED}支付档案应有的材料一份也没有上传过时，本指标不适用。"

INDICATORS = (
    Indicator(
        key="person_documents_complete_rate", title="人员档案完整率", unit="%", scale=2,
        formula=percent(
            ever("files_person_on_first_day_complete", "files_person_joined_complete"),
            ever("files_person_on_first_day", "files_person_joined"),
        ),
        direction=Direction.HIGHER, source=f"{_SEED}：档案管理规范性",
        card=Card(
            why="招聘、学历、合同、培训，逐人须有材料可查。",
            numerator="应有的材料都在档的人（份）。",
            denominator="本期至少有一天在岗的人（份）。",
            includes="招聘审批表、学历核验材料、劳动合同、上岗培训记录；花名册写有离职日期的人还应有离职手续，不论何时离职。",
            excludes=_OF_PEOPLE,
            month=_EVER,
            example=Example("37", "38", "97.37", "38人中37人齐全"),
        ),
    ),
    Indicator(
        key="diploma_on_file_rate", title="学历核验归档率", unit="%", scale=2,
        formula=percent(
            ever("files_person_on_first_day_diploma", "files_person_joined_diploma"),
            ever("files_person_on_first_day", "files_person_joined"),
        ),
        direction=Direction.HIGHER, source=f"{_SEED}：档案管理规范性、人员资质",
        card=Card(
            why="学历核验率反映花名册登记的编号，本指标反映佐证材料是否在档。",
            numerator="学历核验材料在档的人（份）。",
            denominator="本期至少有一天在岗的人（份）。",
            includes="第一天在岗的和期内入职的，期内离职的也算。",
            excludes=_OF_PEOPLE,
            month=_EVER,
            example=Example("37", "38", "97.37", f"{_SAMPLE}：38人中37人有学历核验材料"),
        ),
    ),
    Indicator(
        key="payment_documents_complete_rate", title="支付档案完整率", unit="%", scale=2,
        formula=percent("files_payment_complete", "files_payment"), direction=Direction.HIGHER,
        source="财预〔2020〕10号附件“资金使用合规性”：资金拨付有完整的审批程序和手续",
        card=Card(
            why="每一笔钱都要有合同、发票和凭证。",
            numerator="应有的材料都在档的应付款（份）。",
            denominator="约定支付日落在本期的应付款（份）。",
            includes="合同、发票；现已支付的还应有支付凭证。",
            excludes=_OF_PAYMENTS,
            month="按约定支付日归月；退款不算应付款。",
            example=Example("12", "16", "75.00", f"{_SAMPLE}的16笔应付款，若其中12笔齐全"),
        ),
    ),
)  # fmt: skip
