using System.Globalization;
using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.Movers;

/// <summary>One side of a copy: an engine, a connection to it, and the numbered database selected there. One caller at a time.</summary>
internal sealed class DatabaseLink(IShardEngine engine, RespConnection connection) : IAsyncDisposable
{
    private int _selected;

    /// <summary>The engine.</summary>
    public IShardEngine Engine => engine;

    /// <summary>The connection, for what concerns no database.</summary>
    public RespConnection Connection => connection;

    /// <summary>True when the engine has the command.</summary>
    public bool Has(ReadOnlySpan<byte> command) => engine.Capabilities.Commands.Find(command) is not null;

    /// <summary>Sends a batch to a numbered database; error replies are returned.</summary>
    /// <exception cref="EngineException">The connection failed, or the engine does not have the database.</exception>
    public async Task<RespReply[]> SendAsync(int database, RespBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return [];
        }

        if (_selected != database)
        {
            string number = database.ToString(CultureInfo.InvariantCulture);
            await connection.DemandAsync(["SELECT", number], cancellationToken).ConfigureAwait(false);
            _selected = database;
        }

        return await connection.SendAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How many keys each numbered database has, of those that have any.</summary>
    public async Task<IReadOnlyDictionary<int, long>> KeysByDatabaseAsync(CancellationToken cancellationToken) =>
        new InfoReply(await connection.DemandAsync(["INFO", "keyspace"], cancellationToken).ConfigureAwait(false)).KeysByDatabase();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
