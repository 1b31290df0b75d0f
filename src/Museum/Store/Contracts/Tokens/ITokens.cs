namespace MuseumPipeline.Store.Contracts.Tokens;

/// <summary>What programs read the API with. Every change is an operator's act and is recorded as one.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface ITokens
{
    /// <summary>In the order of their names.</summary>
    Task<IReadOnlyList<ReadToken>> ListAsync(CancellationToken cancel);

    /// <summary>The token with this hash, unless it has expired; null where there is none.</summary>
    Task<ReadToken?> FindAsync(string hash, CancellationToken cancel);

    /// <summary>False where the name is taken.</summary>
    Task<bool> AddAsync(ReadToken token, string hash, OperatorMove move, CancellationToken cancel);

    /// <summary>False where no token has the name.</summary>
    Task<bool> RevokeAsync(string name, OperatorMove move, CancellationToken cancel);
}

/// <summary>A row of <c>dashboard_token</c>, without the hash.</summary>
/// <param name="Museums">The codes of those it may see; null: all.</param>
/// <param name="ExpiresAt">Null: it holds until it is revoked.</param>
public sealed record ReadToken(
    string Name,
    IReadOnlyList<string>? Museums,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt
);
