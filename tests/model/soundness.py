# SPDX-License-Identifier: Apache-2.0
"""The provable security of a proof in bits, round by round, from its profile and its shape.

Command line: soundness.py PROOF_FILE, or soundness.py PROFILE_ID ID:LOG_HEIGHT ... (a shape), or
soundness.py PROFILE_ID
(the worst shape that section 5 of PROTOCOL.md lets pass), or soundness.py table (that of all profiles, as in
SECURITY.md).

With q = p^5, N the greatest height, rho = 2^-b, n the size of a domain, theta the relative distance below which a word
is close to a codeword (they agree on more than (1 - theta) n points):
  unique decoding: theta = (1 - rho (1 + 2^-10))/2, list size L = 1, eps(n) = n/q for a line
      (Ben-Sasson, Carmon, Ishai, Kopparty, Saraf, "Proximity Gaps for Reed-Solomon Codes", ePrint 2020/654);
  Johnson, m: eta = sqrt(rho)/(2m), theta = 1 - sqrt(rho) - eta, L = (m + 1/2)/sqrt(rho),
      eps(n) = [(2 (m+1/2)^5 + 3 (m+1/2) theta rho)/(3 rho^1.5) n + (m+1/2)/sqrt(rho)]/q for a line
      (Ben-Sasson, Carmon, Haboeck, Kopparty, Saraf, "On Proximity Gaps for Reed-Solomon Codes", ePrint 2025/2055,
      Thm. 1.5; a smaller bound is in ePrint 2026/2056: SECURITY.md, section 4).
"""

import math
import sys

import fri
import shape as shapes
import tables
from field import Q

HASH_BITS = 128
PUBLIC_MESSAGES = 2**25 + 8  # of the longest claims: the verifier adds them to the global product itself


class Regime:

    def __init__(self, rho, multiplicity):
        self.rho, self.m = rho, multiplicity
        root = math.sqrt(rho)
        if multiplicity is None:
            self.theta, self.list_size = (1 - rho * (1 + 2.0**-shapes.MIN_LOG_HEIGHT)) / 2, 1.0
        else:
            self.theta, self.list_size = 1 - root - root / (2 * multiplicity), (multiplicity + 0.5) / root

    def line_error(self, n):
        """The error of one random line over a domain of n points."""
        if self.m is None:
            return n / Q
        m = self.m + 0.5
        return ((2 * m**5 + 3 * m * self.theta * self.rho) / (3 * self.rho**1.5) * n + m / math.sqrt(self.rho)) / Q


def best_multiplicity(profile, shape):
    """m of the Johnson regime for a profile that is not meant for it: the one with the greatest total."""
    return max(range(3, 16), key=lambda m: (max(0, min(rounds(profile, shape, m).values())), -m))


def both_regimes(profile, shape):
    """(rounds under unique decoding, m, rounds under the Johnson bound)"""
    m = profile.multiplicity or best_multiplicity(profile, shape)
    return rounds(profile, shape, None), m, rounds(profile, shape, m)


class Shards:
    """What the bounds depend on, of a proof of several shards: of each quantity the greatest, since each shard has its
    own challenges; of the messages under the global challenges the sum."""

    def __init__(self, shapes_of_shards):
        self.all = shapes_of_shards
        self.shards = len(shapes_of_shards)

    def max_log_height(self):
        return max(shape.max_log_height() for shape in self.all)

    def messages(self):
        return max(shape.messages() for shape in self.all)

    def constraints(self):
        return max(shape.constraints() for shape in self.all)

    def pairs(self):
        return max(shape.pairs() for shape in self.all)

    def global_messages(self):
        return sum(shape.global_messages() for shape in self.all)


def rounds(profile, shape, multiplicity="own"):
    """shape: Shards or WorstShape. name of the round -> bits of security; multiplicity: m, None for unique decoding, "own": the profile's."""
    regime = Regime(2.0**-profile.log_blowup, profile.multiplicity if multiplicity == "own" else multiplicity)
    size, height = regime.list_size, 1 << shape.max_log_height()
    domain = height << profile.log_blowup

    def bits(error, work="none"):
        return -math.log2(error) + profile.work.get(work, 0)

    # Global challenges meet any choice of one codeword near each shard's pass-1 word.
    lookups = max(size * (2 * shape.messages() + PUBLIC_MESSAGES),
                  size**min(shape.shards, 64) * (2 * shape.global_messages() + PUBLIC_MESSAGES))
    result = {"lookup": bits(lookups / Q, "lookup"),
              "constraints": bits(size * shape.constraints() / Q),
              "deep": bits(size * (3 * (height + 1) + profile.tail_rows + height - 1) / (Q - height - domain), "deep"),
              "batch": bits(regime.line_error(domain) * shape.pairs().bit_length(), "batch")}
    dimension = height
    for number, arity in enumerate(fri.fold_arities(height), 1):
        dimension //= arity
        lines = arity.bit_length() - 1
        result["fold %d" % number] = bits(regime.line_error(dimension << profile.log_blowup) * lines, "fold")
    result["query"] = -profile.queries * math.log2(1 - regime.theta) + profile.work["query"]
    result["hash"] = HASH_BITS
    return result


def security(profile, shape):
    return min(rounds(profile, shape).values())


class WorstShape:
    """Every quantity at its limit; no one shape reaches all of them. In so many shards."""

    def __init__(self, profile, shards=1):
        self.log_height = min(shapes.MAX_LOG_HEIGHT, shapes.MAX_LOG_DOMAIN - profile.log_blowup)
        self.shards = shards

    def max_log_height(self):
        return self.log_height

    def messages(self):
        return shapes.MAX_MESSAGES

    global_messages = messages

    def constraints(self):
        return shapes.MAX_INSTANCES * max(table.constraints for table in tables.load().values())

    def pairs(self):
        return shapes.MAX_COLUMNS + 15 * shapes.MAX_INSTANCES


def of_proof(path):
    """(profile, Shards) of a proof file."""
    from reader import Reader
    from verifier import read_front
    with open(path, "rb") as file:
        reader = Reader(file.read())
    claim, program, _, _ = read_front(reader)
    found = []
    for number in range(1, claim.shards + 1):
        rows = [tuple(reader.bytes(2)) for _ in range(reader.integer(4))]
        found.append(shapes.Shape(rows, program.log_heights, number))
        reader.bytes(32)  # the pass-1 root
    return claim.profile, Shards(found)


def table():
    """The rows of the table in section 4 of SECURITY.md: the bits for the worst shape."""
    rows = []
    for profile in shapes.PROFILES.values():
        bits = rounds(profile, WorstShape(profile))
        total = min(bits.values())
        cells = ["%.1f" % bits[name] for name in ("lookup", "constraints", "deep", "batch")]
        cells += ["%.1f ..." % bits["fold 1"], "%.2f" % bits["query"]]
        cells.append("**%.1f**%s" % (total, " (hash)" if total == bits["hash"] else ""))
        rows.append("| %s | %s |" % (profile.name, " | ".join(cells)))
    return rows


def main(arguments):
    if arguments == ["table"]:
        print("\n".join(table()))
        return 0
    if len(arguments) == 1 and arguments[0].isdigit():
        profile = shapes.PROFILES[int(arguments[0])]
        shape = WorstShape(profile)
    elif len(arguments) == 1:
        profile, shape = of_proof(arguments[0])
    elif len(arguments) > 1:
        profile = shapes.PROFILES[int(arguments[0])]
        rows = sorted((tuple(map(int, a.split(":"))) for a in arguments[1:]), key=lambda row: (row[0], -row[1]))
        heights = dict(rows)
        shape = Shards([shapes.Shape(rows, [heights[i] for i in tables.PROGRAM])])
    else:
        sys.exit(__doc__)
    unique, m, johnson = both_regimes(profile, shape)
    print("%-12s %15s %15s" % ("round", "unique decoding", "Johnson, m=%d" % m))
    for name in unique:
        print("%-12s %15.3f %15.3f" % (name, unique[name], johnson[name]))
    own = security(profile, shape)
    print("%-12s %15.3f %15.3f" % ("total", min(unique.values()), min(johnson.values())))
    print("profile %s: target %d, %.3f in its own regime" % (profile.name, profile.target, own))
    return 0 if own >= profile.target else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
