namespace MuseumPipeline.Settings;

/// <summary>A setting that a command requires; a missing one is reported together with every other fault.</summary>
[Flags]
public enum Needs
{
    Nothing = 0,
    Bucket = 1,
    Database = 2,
    Kafka = 4,

    /// <summary>The command changes the database, and first says where that is.</summary>
    Writes = 8,

    /// <summary>Uses the brokers where some are configured.</summary>
    KafkaIfSet = 16,

    /// <summary>Serves the dashboard, or looks at how it would be served.</summary>
    Serve = 32,
}
