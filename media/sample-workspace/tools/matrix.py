"""Small dense matrices of fractions: exact elimination, inverse, determinant."""

from fractions import Fraction


class SingularError(ArithmeticError):
    pass


class Matrix:
    def __init__(self, rows):
        self.rows = [[Fraction(value) for value in row] for row in rows]
        if not self.rows or not self.rows[0]:
            raise ValueError("a matrix needs at least one row and one column")
        if any(len(row) != len(self.rows[0]) for row in self.rows):
            raise ValueError("all rows must have the same length")

    @classmethod
    def identity(cls, size):
        return cls([[1 if i == j else 0 for j in range(size)] for i in range(size)])

    @property
    def shape(self):
        return len(self.rows), len(self.rows[0])

    def __eq__(self, other):
        return isinstance(other, Matrix) and self.rows == other.rows

    def __repr__(self):
        widths = [max(len(str(row[j])) for row in self.rows) for j in range(self.shape[1])]
        lines = ("  ".join(str(v).rjust(w) for v, w in zip(row, widths)) for row in self.rows)
        return "\n".join(f"[ {line} ]" for line in lines)

    def __add__(self, other):
        if self.shape != other.shape:
            raise ValueError(f"cannot add {self.shape} and {other.shape}")
        return Matrix([[a + b for a, b in zip(x, y)] for x, y in zip(self.rows, other.rows)])

    def __mul__(self, factor):
        if isinstance(factor, Matrix):
            return self.times(factor)
        return Matrix([[value * factor for value in row] for row in self.rows])

    __rmul__ = __mul__

    def times(self, other):
        n, inner = self.shape
        if inner != other.shape[0]:
            raise ValueError(f"cannot multiply {self.shape} by {other.shape}")
        columns = list(zip(*other.rows))
        return Matrix([[sum(a * b for a, b in zip(row, column)) for column in columns] for row in self.rows])

    def transposed(self):
        return Matrix([list(column) for column in zip(*self.rows)])

    def power(self, exponent):
        if self.shape[0] != self.shape[1]:
            raise ValueError("only a square matrix has powers")
        if exponent < 0:
            return self.inverse().power(-exponent)
        result = Matrix.identity(self.shape[0])
        base = self
        while exponent:
            if exponent & 1:
                result = result.times(base)
            base = base.times(base)
            exponent >>= 1
        return result

    def eliminate(self, right=None):
        """Gauss and Jordan. Returns (reduced, right, determinant); `right` is carried along."""
        rows = [list(row) for row in self.rows]
        extra = [list(row) for row in right.rows] if right else [[] for _ in rows]
        determinant = Fraction(1)
        pivot_row = 0
        for column in range(self.shape[1]):
            pivot = next((r for r in range(pivot_row, len(rows)) if rows[r][column] != 0), None)
            if pivot is None:
                determinant = Fraction(0)
                continue
            if pivot != pivot_row:
                rows[pivot], rows[pivot_row] = rows[pivot_row], rows[pivot]
                extra[pivot], extra[pivot_row] = extra[pivot_row], extra[pivot]
                determinant = -determinant
            lead = rows[pivot_row][column]
            determinant *= lead
            rows[pivot_row] = [value / lead for value in rows[pivot_row]]
            extra[pivot_row] = [value / lead for value in extra[pivot_row]]
            for r in range(len(rows)):
                factor = rows[r][column]
                if r == pivot_row or factor == 0:
                    continue
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[pivot_row])]
                extra[r] = [a - factor * b for a, b in zip(extra[r], extra[pivot_row])]
            pivot_row += 1
            if pivot_row == len(rows):
                break
        return Matrix(rows), extra, determinant

    def determinant(self):
        if self.shape[0] != self.shape[1]:
            raise ValueError("only a square matrix has a determinant")
        return self.eliminate()[2]

    def inverse(self):
        size = self.shape[0]
        reduced, extra, _ = self.eliminate(Matrix.identity(size))
        if reduced != Matrix.identity(size):
            raise SingularError("the matrix has no inverse")
        return Matrix(extra)

    def solve(self, values):
        return [row[0] for row in self.inverse().times(Matrix([[value] for value in values])).rows]


def fibonacci(n):
    """By the n-th power of [[1, 1], [1, 0]]."""
    if n < 0:
        raise ValueError("n must not be negative")
    return int(Matrix([[1, 1], [1, 0]]).power(n).rows[0][1])
