# SPDX-License-Identifier: Apache-2.0
"""The rules of one row, or of two rows with common inputs, as a system over F_p, and what can be concluded from it.

A variable stands for an element of F_p. Its domain (lo, hi, values), if it has one, says that the element is the
residue of an integer lo..hi, of one of `values` if that is not None. An equation whose terms, read as integers, add
up to less than p in absolute value holds over the integers. Everything is derived from such facts; a contradiction
means that there are no such rows."""

import math

from poly import P, add, is_constant, normalized, scaled, substitute, symmetric, variables
import lookups


class Contradiction(Exception):
    pass


class System:
    """equations: number -> (terms, variables), each 0. twins: pairs of equations that are one rule on two rows; their
    difference is an equation as well. products: lists of factors, one of which is 0. requests: (table, arguments,
    arguments of the twin or None). reads: (difference of the keys, [(left, right)...]): equal keys read equal
    words."""

    def __init__(self):
        self.fixed = {}  # cells that are no variables
        self.names, self.domains, self.values, self.shared = [], {}, {}, set()
        self.equations, self.twins, self.products, self.requests, self.reads = {}, [], [], [], []
        self.rule_equations = {}  # number of a rule -> numbers of its equations, one per row
        self.known, self.nonzero, self.goals, self.eliminated = set(), [], [], set()
        self.finish = None  # called with the system where no case is left to split
        self._dirty, self._dirty_requests, self._tightened, self._count = set(), True, {}, 0

    def copy(self):
        other = System.__new__(System)
        other.fixed = self.fixed
        other.names, other.domains, other.values = self.names, dict(self.domains), dict(self.values)
        other.shared, other.equations, other.twins = set(self.shared), dict(self.equations), list(self.twins)
        other.products, other.requests, other.reads = list(self.products), list(self.requests), list(self.reads)
        other.known, other.nonzero, other.goals = set(self.known), list(self.nonzero), list(self.goals)
        other.finish = self.finish
        other.eliminated = set(self.eliminated)
        other._dirty, other._dirty_requests = set(self._dirty), True
        other._tightened, other._count = dict(self._tightened), self._count
        return other

    # ---- building

    def new(self, name, domain=None, shared=False):
        v = len(self.names)
        self.names.append(name)
        if shared:
            self.shared.add(v)
        if domain:
            self.restrict(v, *domain)
        return v

    def equation(self, terms, derived=False):
        """Adds terms = 0; derived: unless it is there already."""
        terms = self.simplify(terms)
        if is_constant(terms):
            if terms:
                raise Contradiction
            return None
        form = normalized(terms)
        if derived and form in self.known:
            return None
        self.known.add(form)
        self._count += 1
        number = self._count
        self.equations[number] = (terms, variables(terms))
        self._dirty.add(number)
        return number

    def twin(self, first, second):
        if first is not None and second is not None:
            self.twins.append((first, second))

    def product(self, factors):
        self.products.append([self.simplify(f) for f in factors])

    def request(self, table, arguments, twin=None):
        """arguments: variables."""
        self.requests.append((table, arguments, twin))
        self._dirty_requests = True

    def require_nonzero(self, terms):
        self.nonzero.append(self.simplify(terms))

    # ---- values and domains

    def resolve(self, v):
        """What v was replaced by: ("var", u) or ("const", c)."""
        while v in self.values:
            kind, value = self.values[v]
            if kind == "const":
                return kind, value
            v = value
        return "var", v

    def simplify(self, terms):
        for v in variables(terms):
            kind, value = self.resolve(v)
            if kind == "const":
                terms = substitute(terms, v, {(): value % P} if value % P else {})
            elif value != v:
                terms = substitute(terms, v, {(value,): 1})
        return terms

    def domain(self, v):
        """Of a variable or what replaced it."""
        kind, value = self.resolve(v)
        return (value, value, (value,)) if kind == "const" else self.domains.get(value)

    def restrict(self, v, lo, hi, values=None):
        """v is the residue of an integer in lo..hi (in `values`)."""
        kind, u = self.resolve(v)
        if kind == "const":
            if (u - lo) % P > hi - lo or values is not None and not any((x - u) % P == 0 for x in values):
                raise Contradiction
            return
        old = self.domains.get(u)
        if old:
            # Two sets of integers can be intersected if no two of them have the same residue.
            if max(hi, old[1]) - min(lo, old[0]) >= P:
                return
            lo, hi = max(lo, old[0]), min(hi, old[1])
            if values is None or (old[2] is not None and len(old[2]) < len(values)):
                values, other = old[2], values
            else:
                other = old[2]
            if values is not None:
                values = tuple(x for x in values if lo <= x <= hi and (other is None or x in other))
                if not values:
                    raise Contradiction
                lo, hi = values[0], values[-1]
        if lo > hi:
            raise Contradiction
        if values is None and hi - lo < 8:
            values = tuple(range(lo, hi + 1))
        new = (lo, hi, values)
        if new == old:
            return
        # Integers that creep towards each other one by one would take for ever.
        self._tightened[u] = self._tightened.get(u, 0) + 1
        if old and self._tightened[u] > 60 and lo < hi:
            return
        self.domains[u] = new
        if lo == hi:
            self._assign(u, lo)
        else:
            self._touch(u)

    def _touch(self, v):
        self._dirty.update(n for n, (_, names) in self.equations.items() if v in names)
        self._dirty_requests = True

    def _assign(self, v, c):
        domain = self.domains.get(v)
        if domain:
            lo, hi, values = domain
            c = lo + (c - lo) % P
            if c > hi or values is not None and c not in values:
                raise Contradiction
        else:
            c = symmetric(c)
        self.values[v] = ("const", c)
        self._replace(v, {(): c % P} if c % P else {})

    def merge(self, v, u):
        """v = u. The variable that both rows share stays."""
        if v in self.shared and u not in self.shared or (v in self.shared) == (u in self.shared) and v < u:
            v, u = u, v
        domain = self.domains.get(v)
        self.values[v] = ("var", u)
        if self.names[v].rstrip("'") == self.names[u].rstrip("'"):
            self.shared.add(u)  # what the two copies of a column have in common is determined
        self._replace(v, {(u,): 1})
        if domain:
            self.restrict(u, *domain)
        self._touch(u)

    def eliminate(self, terms):
        """Of terms = 0, which is linear: all other equations lose one variable. Whether there is one to lose."""
        linear = [m for m in terms if len(m) == 1 and all(m[0] not in n for n in terms if n != m)]
        if not linear:
            return False
        m = min(linear, key=lambda m: (abs(symmetric(terms[m])), m))
        value = scaled(terms, -pow(terms[m], -1, P))
        del value[m]
        self._replace(m[0], value)
        self.equation(terms)
        self.eliminated.add(normalized(terms))
        return True

    def _replace(self, v, value):
        for n, (terms, names) in list(self.equations.items()):
            if v in names:
                terms = substitute(terms, v, value)
                if is_constant(terms):
                    if terms:
                        raise Contradiction
                    del self.equations[n]
                    continue
                self.equations[n] = (terms, variables(terms))
                self.known.add(normalized(terms))
                self._dirty.add(n)

        def apply(terms):
            return substitute(terms, v, value) if any(v in m for m in terms) else terms
        self.products = [[apply(f) for f in factors] for factors in self.products]
        self.nonzero = [apply(f) for f in self.nonzero]
        if any(not f for f in self.nonzero):
            raise Contradiction
        self.reads = [(apply(key), pairs) for key, pairs in self.reads]
        self.goals = [goal.map(apply) for goal in self.goals]
        self._dirty_requests = True

    # ---- bounds

    def bounds(self, terms):
        """Least and greatest value of the terms as integers, or None."""
        lo = hi = 0
        for m, c in terms.items():
            c = symmetric(c)
            low = high = 1
            for v in m:
                domain = self.domains.get(v)
                if domain is None:
                    return None
                corners = (low * domain[0], low * domain[1], high * domain[0], high * domain[1])
                low, high = min(corners), max(corners)
            lo += min(c * low, c * high)
            hi += max(c * low, c * high)
        return lo, hi

    def is_nonzero(self, terms):
        if is_constant(terms):
            return bool(terms)
        form = normalized(terms)
        if any(normalized(f) == form for f in self.nonzero):
            return True
        for candidate in self.scalings(terms):
            limits = self.bounds(candidate)
            if limits and (0 < limits[0] and limits[1] < P or -P < limits[0] and limits[1] < 0):
                return True
        return False

    @staticmethod
    def scalings(terms):
        """Multiples of the terms in which some coefficient is 1."""
        seen = set()
        for c in [1] + list(terms.values()):
            factor = symmetric(pow(c, -1, P))
            if abs(factor) not in seen:
                seen.add(abs(factor))
                yield scaled(terms, factor)

    # ---- conclusions

    def propagate(self):
        while True:
            while self._dirty:
                n = self._dirty.pop()
                if n not in self.equations:
                    continue
                self._conclude(self.equations[n][0])
                for a, b in self.twins:
                    if n in (a, b) and a in self.equations and b in self.equations:
                        self._conclude(add(self.equations[a][0], self.equations[b][0], -1))
            if self._products():
                continue
            if self._dirty_requests:
                self._dirty_requests = False
                self._requests()
                continue
            if not self._dirty and not self._reads():
                return

    def _reads(self):
        """Words under equal keys are equal."""
        for i, (key, pairs) in enumerate(self.reads):
            if not key:
                del self.reads[i]
                for left, right in pairs:
                    self.equation(add(left, right, -1))
                return True
        return False

    def _products(self):
        for i, factors in enumerate(self.products):
            left = [f for f in factors if not self.is_nonzero(f)]
            if any(not f for f in left):
                del self.products[i]
                return True
            if not left:
                raise Contradiction
            if len(left) == 1:
                del self.products[i]
                self.equation(left[0])
                return True
        return False

    def _requests(self):
        for table, first, second in self.requests:
            domains = tuple(self.domain(v) for v in first)
            self._restrict_arguments(table, first, domains)
            if second is None:
                continue
            twins = tuple(self.domain(v) for v in second)
            self._restrict_arguments(table, second, twins)
            same = tuple(self.resolve(v) == self.resolve(u) for v, u in zip(first, second))
            if all(same):
                continue
            hull = tuple(self._hull(self.domain(v), self.domain(u)) for v, u in zip(first, second))
            known = tuple(j for j, equal in enumerate(same) if equal)
            for j, equal in enumerate(same):
                if not equal and lookups.determines(table, hull, known, j):
                    self.equation(add({(first[j],): 1}, {(second[j],): 1}, -1), derived=True)

    def _restrict_arguments(self, table, arguments, domains):
        restricted = lookups.restrict(table, tuple(map(self._canonical, domains)))
        if restricted is None:
            raise Contradiction
        for v, domain in zip(arguments, restricted):
            self.restrict(v, *domain)

    @staticmethod
    def _canonical(domain):
        """Cells of tables are integers 0..p-1; a domain of other integers says nothing that could be compared."""
        return domain if domain and domain[0] >= 0 and domain[1] < P else None

    def _hull(self, a, b):
        a, b = self._canonical(a), self._canonical(b)
        if a is None or b is None:
            return None
        values = None if a[2] is None or b[2] is None else tuple(sorted(set(a[2]) | set(b[2])))
        return min(a[0], b[0]), max(a[1], b[1]), values

    def _conclude(self, terms):
        """Conclusions from terms = 0."""
        terms = self.simplify(terms)
        if is_constant(terms):
            if terms:
                raise Contradiction
            return
        names = variables(terms)
        linear = all(len(m) <= 1 for m in terms)
        if linear and len(names) == 1:
            (v,) = names
            self._assign(v, -terms.get((), 0) * pow(terms[(v,)], -1, P))
            return
        if linear and len(names) == 2:
            v, u = sorted(names)
            if () not in terms and (terms[(v,)] + terms[(u,)]) % P == 0:
                self.merge(v, u)
                return
            self._image(terms, v, u)
            self._image(terms, u, v)
            if v in self.values or u in self.values:
                return
        unbounded = [v for v in names if v not in self.domains]
        if not unbounded:
            for candidate in self.scalings(terms):
                limits = self.bounds(candidate)
                if limits and -P < limits[0] and limits[1] < P:
                    self._integers({m: symmetric(c) for m, c in candidate.items()}, *limits)
        elif len(unbounded) == 1 and (unbounded[0],) in terms:
            v = unbounded[0]
            rest = scaled(terms, -pow(terms[(v,)], -1, P))
            del rest[(v,)]
            limits = self.bounds(rest)
            if limits and limits[1] - limits[0] < P - 1:
                self.restrict(v, *limits)

    def _image(self, terms, v, u):
        """The set of values of v from that of u."""
        domain = self.domains.get(u)
        if domain and domain[2] is not None and len(domain[2]) <= lookups.SET_LIMIT:
            factor = -pow(terms[(v,)], -1, P)
            values = {symmetric((terms[(u,)] * x + terms.get((), 0)) * factor) for x in domain[2]}
            old = self.domain(v)
            if old:
                values = {x for x in (old[0] + (y - old[0]) % P for y in values) if x <= old[1]}
            if not values:
                raise Contradiction
            if max(values) - min(values) < P:
                self.restrict(v, min(values), max(values), tuple(sorted(values)))

    def _integers(self, terms, lo, hi):
        """Conclusions from terms = 0 over the integers, lo..hi being its bounds."""
        if lo > 0 or hi < 0:
            raise Contradiction
        for m, c in terms.items():
            if len(m) == 1 and not any(m[0] in n for n in terms if n != m):
                low, high, _ = self.domains.get(m[0]) or (None, None, None)
                if low is None:
                    return  # it got a value meanwhile
                low, high = min(c * low, c * high), max(c * low, c * high)
                least, greatest = -(hi - high), -(lo - low)  # of c times the variable
                if c > 0:
                    self.restrict(m[0], -(-least // c), greatest // c)
                else:
                    self.restrict(m[0], -(greatest // -c), -least // -c)
                if m[0] in self.values:
                    return  # a value: the equation comes again
                step = math.gcd(*(d for n, d in terms.items() if n != m))
                step //= math.gcd(step, c)
                if step > 1:  # the variable is a multiple of it
                    domain = self.domains[m[0]]
                    self.restrict(m[0], -(-domain[0] // step) * step, domain[1] // step * step)
                    if m[0] in self.values:
                        return
        for modulus in sorted({abs(c) for c in terms.values()} - {1}):
            low = {m: c for m, c in terms.items() if c % modulus}
            limits = self.bounds(low)
            if limits is None:
                return
            # The low terms add up to a multiple of the modulus.
            first, last = -(-limits[0] // modulus), limits[1] // modulus
            if first > last:
                raise Contradiction
            if first == last and len(low) < len(terms) and low:
                high = {m: c for m, c in terms.items() if m not in low}
                self.equation(add(scaled(low, 1), {(): first * modulus}, -1), derived=True)
                self.equation(add(scaled(high, 1), {(): first * modulus}), derived=True)
