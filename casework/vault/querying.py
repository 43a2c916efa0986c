"""An encrypted column in a query: it is loaded into instances and compared with NULL, and refuses everything else."""

from typing import Any

from django.core.exceptions import FieldError
from django.db.models.expressions import Col
from django.db.models.lookups import IsNull


class SealedColumn(Col):
    """The column in a query. It can be loaded into an instance and compared with NULL; anything else is refused."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        in_annotation = any(
            part is self for annotation in compiler.query.annotation_select.values() for part in annotation.flatten()
        )
        # The list of columns is made first, before `compiler.select` is there; what is compiled later is no loading.
        if in_annotation or compiler.select is not None or not compiler.query.default_cols:
            raise FieldError(
                f"{self.target.model._meta.label}.{self.target.name} is encrypted: load the rows and read the attribute."
            )
        return super().as_sql(compiler, connection)

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        raise FieldError(
            f"{self.target.model._meta.label}.{self.target.name} is encrypted: it cannot be used in an expression."
        )

    def bare_sql(self, compiler: Any, connection: Any) -> Any:
        """Return the SQL of the column, for the one lookup that there is."""
        return super().as_sql(compiler, connection)


class SealedIsNull(IsNull):
    """`IS NULL` over an encrypted column."""

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Any:
        """Return the SQL of the column."""
        return self.lhs.bare_sql(compiler, connection)
