using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace MuseumPipeline.Settings;

/// <summary>Functions of librdkafka that Confluent.Kafka does not expose. They are called only on objects of their own,
/// never on Confluent.Kafka's, which may have loaded another build of the library.</summary>
internal static class Librdkafka
{
    private const string Library = "librdkafka";
    private const int UnknownProperty = -2;
    private const int Producer = 0;
    private const int TextLength = 512;

    static Librdkafka() => NativeLibrary.SetDllImportResolver(typeof(Librdkafka).Assembly, Resolve);

    /// <summary>What is wrong with a property, or null; <paramref name="known"/> says whether the property
    /// exists.</summary>
    public static string? Check(string property, string value, out bool known)
    {
        var configuration = rd_kafka_conf_new();
        try
        {
            var text = new byte[TextLength];
            var result = rd_kafka_conf_set(configuration, property, value, text, TextLength);
            known = result != UnknownProperty;
            return result == 0 ? null : Text(text);
        }
        finally
        {
            rd_kafka_conf_destroy(configuration);
        }
    }

    /// <summary>A client without brokers, which an embedded broker needs internally; it prints nothing on
    /// stderr.</summary>
    public static nint NewSilentClient()
    {
        var configuration = rd_kafka_conf_new();
        var text = new byte[TextLength];
        _ = rd_kafka_conf_set(configuration, "log_level", "0", text, TextLength);
        var client = rd_kafka_new(Producer, configuration, text, TextLength);
        if (client != 0)
            return client;
        rd_kafka_conf_destroy(configuration);
        throw new InvalidOperationException($"librdkafka makes no client: {Text(text)}");
    }

    private static string Text(byte[] text)
    {
        var end = Array.IndexOf(text, (byte)0);
        return Encoding.UTF8.GetString(text, 0, end < 0 ? text.Length : end);
    }

    // The first needs libsasl2, which some systems lack; the others work without it.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
            return 0;
        foreach (var build in (string[])[Library, "centos8-librdkafka", "alpine-librdkafka"])
        {
            if (NativeLibrary.TryLoad(build, assembly, path, out var handle))
                return handle;
        }
        return 0;
    }

#pragma warning disable IDE1006 // The names are librdkafka's.
    [DllImport(Library)]
    private static extern nint rd_kafka_conf_new();

    [DllImport(Library)]
    private static extern void rd_kafka_conf_destroy(nint configuration);

    [DllImport(Library)]
    private static extern nint rd_kafka_new(int type, nint configuration, byte[] text, nint length);

    [DllImport(Library)]
    public static extern void rd_kafka_destroy(nint client);

    [DllImport(Library)]
    public static extern nint rd_kafka_mock_cluster_new(nint client, int brokers);

    [DllImport(Library)]
    public static extern void rd_kafka_mock_cluster_destroy(nint cluster);

    /// <summary>The text belongs to the cluster and must not be freed.</summary>
    [DllImport(Library)]
    public static extern nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [DllImport(Library)]
    public static extern int rd_kafka_mock_set_controller_id(nint cluster, int broker);

    [DllImport(Library)]
    public static extern int rd_kafka_mock_topic_create(
        nint cluster,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string topic,
        int partitions,
        int replicas
    );

    [DllImport(Library)]
    public static extern int rd_kafka_mock_broker_set_down(nint cluster, int broker);

    [DllImport(Library)]
    public static extern int rd_kafka_mock_broker_set_up(nint cluster, int broker);

    [DllImport(Library)]
    private static extern int rd_kafka_conf_set(
        nint configuration,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
        byte[] text,
        nint length
    );
#pragma warning restore IDE1006
}
