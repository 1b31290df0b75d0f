"""The stream as the first pipeline did it, written out plainly: confluent-kafka, psycopg2; one message, one INSERT, one
COMMIT.

    python3 consume.py MESSAGES

Settings: BOOTSTRAP_SERVERS, TOPIC and GROUP for the topic, LOCAL_* for the database, whose schema "original" is there.
"""

import json
import os
import sys
from datetime import datetime, time

import psycopg2
from confluent_kafka import Consumer

OPENS, CLOSES = time(8, 45), time(18, 15)


def invalid_values(message):
    at = datetime.fromisoformat(message["at"])
    if not OPENS <= at.time() <= CLOSES:
        return True
    if str(message["site"]) not in ("0", "1", "2", "3", "4", "5"):
        return True
    if message["val"] == -1:
        return message["type"] not in (0, 1)
    return message["val"] not in (0, 1, 2, 3, 4)


def missing_values(message):
    return any(key not in message for key in ("at", "site", "val")) or (
        message["val"] == -1 and message.get("type") is None
    )


def clean_data(value):
    try:
        message = json.loads(value)
        if not isinstance(message, dict) or missing_values(message) or invalid_values(message):
            return None
        return message
    except (ValueError, TypeError):
        return None


def select_data_upload(cursor, message):
    if message["val"] == -1:
        cursor.execute(
            "insert into original.support_instance (instance_created_at, support_type_id, exhibition_id) "
            "values (%s, %s, %s)",
            (message["at"], message["type"] + 1, int(message["site"]) + 1),
        )
    else:
        cursor.execute(
            "insert into original.rating_instance (exhibition_id, rating_type_id, rating_created_at) "
            "values (%s, %s, %s)",
            (int(message["site"]) + 1, message["val"] + 1, message["at"]),
        )


def main():
    messages = int(sys.argv[1])
    connection = psycopg2.connect(
        host=os.environ["LOCAL_HOST"],
        port=os.environ["LOCAL_PORT"],
        user=os.environ["LOCAL_USERNAME"],
        password=os.environ["LOCAL_PASSWORD"],
        dbname=os.environ["LOCAL_DB"],
    )
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ["BOOTSTRAP_SERVERS"],
            "group.id": os.environ["GROUP"],
            "auto.offset.reset": "earliest",
        }
    )
    consumer.subscribe([os.environ["TOPIC"]])
    seen = 0
    while seen < messages:
        found = consumer.poll(1.0)
        if found is None or found.error():
            continue
        seen += 1
        message = clean_data(found.value())
        if message is None:
            continue
        with connection, connection.cursor() as cursor:
            select_data_upload(cursor, message)
    consumer.close()
    connection.close()


if __name__ == "__main__":
    main()
