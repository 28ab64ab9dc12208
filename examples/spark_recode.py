"""Recode a column of claims to ICD-11 on Spark; without PySpark or Java it says so and stops.

python examples/spark_recode.py claims.csv dx1 claims-icd11
"""

from __future__ import annotations

import os
import shutil
import sys


def find_obstacle() -> str:
    """Return what is missing to run Spark, "" if nothing is."""
    try:
        import pyspark  # noqa: F401
    except ModuleNotFoundError:
        return "PySpark is not installed: pip install 'icd11kit[spark]'"
    has_java = shutil.which("java") or os.environ.get("JAVA_HOME")
    return "" if has_java else "there is no Java: install one, or set JAVA_HOME"


def recode(path: str, column: str, out: str) -> int:
    """Write the recoded claims as a folder of CSV files, and return the number of rows."""
    from pyspark.sql import SparkSession

    from icd11kit.spark import map_codes

    spark = (
        SparkSession.builder.master(os.environ.get("SPARK_MASTER", "local[2]"))
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    try:
        claims = spark.read.csv(path, header=True)
        recoded = map_codes(claims, column).cache()
        recoded.write.csv(out, header=True, mode="overwrite")
        return recoded.count()
    finally:
        spark.stop()


def main(path: str, column: str, out: str) -> None:
    """Recode the file, or say why that cannot be done here."""
    obstacle = find_obstacle()
    if obstacle:
        print(f"skipped: {obstacle}", file=sys.stderr)
        return
    print(f"{recode(path, column, out):,} rows in {out}")


if __name__ == "__main__":
    main(*sys.argv[1:])
