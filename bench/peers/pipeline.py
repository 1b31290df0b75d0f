"""The batch as the first pipeline did it, written out plainly: boto3, pandas, psycopg2.

    python3 pipeline.py BUCKET DIRECTORY

Settings: AWS_* and AWS_ENDPOINT_URL_S3 for the bucket, LOCAL_* for the database, whose schema "original" is there.
"""

import os
import sys

import boto3
import pandas as pd
import psycopg2
from psycopg2.extras import execute_values


def download_all_files(bucket, directory):
    client = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"])
    paths = []
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for found in page.get("Contents", []):
            if found["Key"].startswith("lmnh_hist_data_") and found["Key"].endswith(".csv"):
                path = os.path.join(directory, found["Key"])
                client.download_file(bucket, found["Key"], path)
                paths.append(path)
    return paths


def merge_csv_to_file(paths, to):
    pd.concat(pd.read_csv(path) for path in sorted(paths)).to_csv(to, index=False)


def load_kiosk_data(path):
    return pd.read_csv(path).to_dict("records")


def format_rating_instances(rows):
    return [(row["site"] + 1, row["val"] + 1, row["at"]) for row in rows if row["val"] >= 0]


def format_support_instances(rows):
    return [(row["at"], int(row["type"]) + 1, row["site"] + 1) for row in rows if row["val"] < 0]


def main():
    bucket, directory = sys.argv[1:]
    os.makedirs(directory)
    merged = os.path.join(directory, "merged.csv")
    merge_csv_to_file(download_all_files(bucket, directory), merged)
    rows = load_kiosk_data(merged)
    connection = psycopg2.connect(
        host=os.environ["LOCAL_HOST"],
        port=os.environ["LOCAL_PORT"],
        user=os.environ["LOCAL_USERNAME"],
        password=os.environ["LOCAL_PASSWORD"],
        dbname=os.environ["LOCAL_DB"],
    )
    with connection, connection.cursor() as cursor:
        execute_values(
            cursor,
            "insert into original.rating_instance (exhibition_id, rating_type_id, rating_created_at) values %s",
            format_rating_instances(rows),
        )
        execute_values(
            cursor,
            "insert into original.support_instance (instance_created_at, support_type_id, exhibition_id) values %s",
            format_support_instances(rows),
        )
    connection.close()


if __name__ == "__main__":
    main()
