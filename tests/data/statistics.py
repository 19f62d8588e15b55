"""Makes statistics.json: figures of independent libraries, against which the tests hold src/qa/statistics.

Run by hand, never by a build:
    python3 -m venv venv && venv/bin/pip install scipy==1.12.0 statsmodels==0.15.0 scikit-learn==1.9.1 irrCAC==0.4.4 samplics==0.4.19
    venv/bin/python statistics.py > statistics.json
"""
import hashlib, importlib.metadata as meta, json, math, random, struct, sys
import numpy as np
import pandas as pd
from samplics.estimation import TaylorEstimator
from samplics.utils.types import PopParam
from irrCAC.raw import CAC
from scipy import stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

LEVELS = [0.90, 0.95, 0.99]
PAIRS = [(0, 1), (1, 1), (0, 20), (20, 20), (1, 29), (15, 148), (81, 263), (95, 100), (7, 9), (499, 1000), (3, 100000), (999999, 1000000)]
TABLES = [(56, 70, 48, 80), (9, 10, 3, 10), (0, 10, 10, 10), (5, 56, 0, 29), (10, 10, 10, 10), (120, 4000, 90, 5000), (3, 4, 1, 4), (1, 1000, 9, 1000),
          (2500, 100000, 2300, 100000), (0, 50, 0, 70)]

def intervals():
    for k, n in PAIRS:
        for level in LEVELS:
            exact = proportion_confint(k, n, 1 - level, method="beta")
            wilson = proportion_confint(k, n, 1 - level, method="wilson")
            yield {"k": k, "n": n, "level": level, "exact": [float(x) for x in exact], "wilson": [float(x) for x in wilson]}

def differences():
    for a, m, b, n in TABLES:
        low, high = confint_proportions_2indep(a, m, b, n, compare="diff", method="newcomb", alpha=0.05, correction=False)
        fisher = stats.fisher_exact([[a, m - a], [b, n - b]])[1]
        z = float(proportions_ztest([a, b], [m, n])[1]) if 0 < a + b < m + n else 1.0
        yield {"table": [a, m, b, n], "newcombe": [float(low), float(high)], "fisher": float(fisher), "score": z}

def corrections():
    rng = random.Random(7)
    lists = [[0.01, 0.04, 0.03, 0.005], [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0],
             [0.5], [0.2, 0.2, 0.2], [rng.random() ** 3 for _ in range(40)]]
    for p in lists:
        yield {"p": p, "holm": list(map(float, multipletests(p, method="holm")[1])), "benjamini_hochberg": list(map(float, multipletests(p, method="fdr_bh")[1]))}

def cohen():
    rng = random.Random(11)
    pairs = [("yes" if i < 20 or 25 <= i < 35 else "no", "yes" if i < 25 else "no") for i in range(50)]
    three = [(a, a if rng.random() < .7 else rng.choice("xyz")) for a in (rng.choice("xxxyyz") for _ in range(120))]
    for ratings in (pairs, three, [("a", "a")] * 9 + [("b", "b")] * 4):
        names = sorted({c for pair in ratings for c in pair})
        table = np.zeros((len(names), len(names)))
        for a, b in ratings: table[names.index(a), names.index(b)] += 1
        k = cohens_kappa(table)
        assert abs(k.kappa - cohen_kappa_score(*zip(*ratings))) < 1e-12
        yield {"ratings": ratings, "kappa": float(k.kappa), "standard_error": float(k.std_kappa)}

def fleiss():
    wiki = [[0,0,0,0,14],[0,2,6,4,2],[0,0,3,5,6],[0,3,9,2,0],[2,2,8,1,1],[7,7,0,0,0],[3,2,6,3,0],[2,5,3,2,2],[6,5,2,1,0],[0,2,2,3,7]]
    rng = random.Random(13)
    small = []
    for _ in range(60):
        truth = rng.choice("aab")
        row = [truth if rng.random() < .75 else rng.choice("abc") for _ in range(4)]
        small.append([row.count(c) for c in "abc"])
    for counts in (wiki, small):
        ratings = pd.DataFrame([[str(c) for c, n in enumerate(row) for _ in range(n)] for row in counts])
        # the variance is Gwet's, for subjects drawn from a large population (finite-population fraction 0)
        cac = CAC(ratings, digits=12).fleiss()["est"]
        kappa = float(fleiss_kappa(np.array(counts)))
        assert abs(kappa - cac["coefficient_value"]) < 1e-9
        yield {"counts": counts, "kappa": kappa, "standard_error": float(cac["se"])}

def strata():
    """Value and standard error from samplics (Taylor linearisation, finite-population correction); the interval of Korn and Graubard from scipy."""
    rng = random.Random(17)
    for sizes in ([500, 200, 60], [4000]):
        rows, record = [], []
        for h, size in enumerate(sizes):
            drawn = []
            for _ in range(6 + 4 * h if len(sizes) > 1 else 30):
                x = rng.randint(1, 4)
                y = sum(rng.random() < .8 for _ in range(x))
                drawn.append((y, x))
                rows.append((h, y, x, size / (6 + 4 * h if len(sizes) > 1 else 30)))
            record.append({"size": size, "drawn": drawn})
        h, y, x, w = map(np.array, zip(*rows))
        estimator = TaylorEstimator(PopParam.ratio)
        fpc = {i: 1 - len(r["drawn"]) / r["size"] for i, r in enumerate(record)}
        estimator.estimate(y=y.astype(float), x=x.astype(float), samp_weight=w, stratum=h, fpc=fpc)
        value, error = float(np.ravel(list(estimator.point_est.values()) if isinstance(estimator.point_est, dict) else estimator.point_est)[0]), None
        error = float(np.ravel(list(estimator.stderror.values()) if isinstance(estimator.stderror, dict) else estimator.stderror)[0])
        items, notes = x.sum(), len(x)
        most = items / (1 - notes / sum(sizes))
        t = lambda df: stats.t.ppf(0.975, df)
        n = min(most, value * (1 - value) / error ** 2 * (t(items - 1) / t(notes - len(sizes))) ** 2)
        k = value * n
        interval = [float(stats.beta.ppf(0.025, k, n - k + 1)), float(stats.beta.ppf(0.975, k + 1, n - k))]
        yield {"strata": record, "value": value, "standard_error": error, "interval": interval}

def chacha20(key, words):
    """The first 32-bit words of the ChaCha20 key stream, nonce 0, 64-bit block counter (written from the algorithm's definition)."""
    rotate = lambda v, n: (v << n | v >> 32 - n) & 0xFFFFFFFF
    out, counter = [], 0
    while len(out) < words:
        start = list(struct.unpack("<4I", b"expand 32-byte k")) + list(struct.unpack("<8I", key)) + [counter & 0xFFFFFFFF, counter >> 32, 0, 0]
        s = start[:]
        def quarter(a, b, c, d):
            for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                s[x] = (s[x] + s[y]) & 0xFFFFFFFF
                s[z] = rotate(s[z] ^ s[x], n)
        for _ in range(10):
            for q in ((0,4,8,12),(1,5,9,13),(2,6,10,14),(3,7,11,15),(0,5,10,15),(1,6,11,12),(2,7,8,13),(3,4,9,14)): quarter(*q)
        out += [(a + b) & 0xFFFFFFFF for a, b in zip(s, start)]
        counter += 1
    return out[:words]

def draws():
    for seed, frame, size in ((1, 10, 4), (1, 1000, 12), (20261125, 5000, 7)):
        words = chacha20(hashlib.sha256(f"cervicode sample/1 seed {seed}".encode()).digest(), 2 * frame)
        keys = [words[2 * i] | words[2 * i + 1] << 32 for i in range(frame)]
        yield {"seed": seed, "frame": frame, "drawn": sorted(range(frame), key=lambda i: (keys[i], i))[:size]}

libraries = {name: meta.version(name) for name in ("scipy", "statsmodels", "scikit-learn", "irrCAC", "samplics", "numpy")}
print(json.dumps({"provenance": {"python": sys.version.split()[0], "libraries": libraries, "command": "python statistics.py > statistics.json"},
    "normal": [{"level": l, "z": float(stats.norm.ppf((1 + l) / 2))} for l in LEVELS],
    "intervals": list(intervals()), "differences": list(differences()), "corrections": list(corrections()), "cohen": list(cohen()), "fleiss": list(fleiss()),
    "strata": list(strata()), "draws": list(draws())}, indent=1))
