using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace MuseumPipeline.Store.Sql.Audit;

/// <summary>What a row's hash covers.</summary>
internal sealed record AuditChain(
    DateTimeOffset At,
    string Event,
    string Actor,
    string? Subject,
    string Detail,
    int Times,
    string Previous
)
{
    public static string Genesis { get; } = new('0', 64);

    public string Hash() =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                JsonSerializer.SerializeToUtf8Bytes(
                    (string?[])
                        [
                            Previous,
                            At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
                            Event,
                            Actor,
                            Subject,
                            Detail,
                            Times.ToString(CultureInfo.InvariantCulture),
                        ]
                )
            )
        );
}
