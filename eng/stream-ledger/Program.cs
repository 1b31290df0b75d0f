using System.Globalization;
using MuseumPipeline.Drills;

// What a drill of the stream holds against the database. DATABASE is a SQLite file or a PostgreSQL connection string
// (Host=…).
// produce SERVERS TOPIC LEDGER COUNT RATE SEED SPOILED [CALLS]   COUNT messages, RATE a second (0: as fast as can be),
// SPOILED of them from 0 to 1, one press of CALLS (20) a call for help; every acknowledged one is a line of LEDGER.
// SIGTERM ends it early, with the ledger whole.
// check DATABASE TOPIC LEDGER… [lost P:FROM-TO…]         every record once, none twice, each what it should be; 1 and
// the first few that are not
// once DATABASE TOPIC LEDGER…                            the same where offsets were given out again, to other records
// drained DATABASE TOPIC LEDGER SECONDS                  waits until the positions reach the ledger's end; 1 and where
// they stand if they don't
// watch DATABASE                                         samples every position until its input ends; 1 if one of them
// ever went back
try
{
    return args switch
    {
        ["produce", var servers, var topic, var ledger, var count, var rate, var seed, var spoiled, .. var calls] =>
            await Producer.RunAsync(
                servers,
                topic,
                ledger,
                Whole(count),
                Whole(rate),
                Whole(seed),
                double.Parse(spoiled, CultureInfo.InvariantCulture),
                calls is [var one] ? Whole(one) : 20
            ),
        ["check", var database, var topic, .. var rest] => await Checker.RunAsync(new(database), topic, rest),
        ["once", var database, var topic, .. var ledgers] => await Checker.OnceAsync(new(database), topic, ledgers),
        ["drained", var database, var topic, var ledger, var seconds] => await Positions.DrainedAsync(
            new(database),
            topic,
            ledger,
            Whole(seconds)
        ),
        ["watch", var database] => await Positions.WatchAsync(new(database)),
        _ => throw new ArgumentException(
            $"expected produce, check, once, drained or watch with its arguments, found: {string.Join(' ', args)}"
        ),
    };
}
catch (Exception e) when (e is ArgumentException or FormatException or IOException)
{
    await Console.Error.WriteLineAsync($"stream-ledger: {e.Message}");
    return 2;
}

static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
