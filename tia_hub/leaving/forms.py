"""Forms of the room `leaving`."""

from tia_hub.core.forms import Form, TokenField


class ExportForm(Form):
    """One asking for an export: sent twice, it is one."""

    token = TokenField()
