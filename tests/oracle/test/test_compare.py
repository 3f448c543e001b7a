import unittest

from ..canonical import Row, Rows, digests, json_text
from ..compare import compare

COLUMNS = ("tenant_id", "id", "name")


def rows(*lines: tuple[str, str, str]) -> Rows:
    return {(line[0], line[1]): Row(line, (7,)) for line in lines}


class CompareTest(unittest.TestCase):
    wanted = rows(("t1", "a", "A"), ("t1", "b", "B"), ("t2", "c", "C"))

    def test_the_same_rows_in_another_order_are_equal(self) -> None:
        found = rows(("t2", "c", "C"), ("t1", "b", "B"), ("t1", "a", "A"))
        comparison = compare(COLUMNS, self.wanted, found)
        self.assertEqual((comparison.differing, comparison.digests), (0, digests(found)))

    def test_other_rows_have_another_hash_in_their_tenant_alone(self) -> None:
        before, after = digests(self.wanted), digests(self.wanted | rows(("t1", "b", "X")))
        self.assertEqual([before[tenant] == after[tenant] for tenant in ("t1", "t2")], [False, True])

    def test_a_changed_cell_is_named_with_its_column(self) -> None:
        (difference,) = compare(COLUMNS, self.wanted, self.wanted | rows(("t1", "b", "X"))).differences
        self.assertEqual((difference.tenant, difference.key, difference.events), ("t1", "b", (7,)))
        self.assertEqual((difference.expected, difference.found), ({"name": "B"}, {"name": "X"}))

    def test_a_dropped_row_is_named(self) -> None:
        found = {key: row for key, row in self.wanted.items() if key != ("t2", "c")}
        (difference,) = compare(COLUMNS, self.wanted, found).differences
        self.assertEqual((difference.tenant, difference.key, difference.found), ("t2", "c", None))

    def test_a_row_of_another_tenant_differs_at_both(self) -> None:
        found = rows(("t1", "a", "A"), ("t2", "b", "B"), ("t2", "c", "C"))
        differences = compare(COLUMNS, self.wanted, found).differences
        self.assertEqual([(each.tenant, each.key) for each in differences], [("t1", "b"), ("t2", "b")])
        self.assertEqual([each.expected is None for each in differences], [False, True])

    def test_null_is_not_an_empty_text(self) -> None:
        empty, null = {("t", "a"): Row(("t", "a", ""))}, {("t", "a"): Row(("t", "a", None))}
        self.assertEqual(compare(COLUMNS, empty, null).differing, 1)

    def test_all_differences_are_counted_and_some_are_told(self) -> None:
        many = rows(*(("t1", str(n), "x") for n in range(50)))
        comparison = compare(COLUMNS, many, {})
        self.assertEqual((comparison.differing, len(comparison.differences)), (50, 20))

    def test_json_is_the_same_however_it_is_written(self) -> None:
        self.assertEqual(json_text({"b": 1, "a": [None, 'é"', True, {}]}), '{"a":[null,"é\\"",true,{}],"b":1}')
