using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.Movers;

/// <summary>Carries the times to live of single hash fields over, for engines that have them.</summary>
internal sealed class FieldExpiry(DatabaseLink source, DatabaseLink target)
{
    private readonly bool _sourceHas = source.Has("HPEXPIRETIME"u8);
    private readonly bool _targetHas = target.Has("HPEXPIREAT"u8);

    /// <summary>Adds what the fields of some hashes need.</summary>
    /// <exception cref="EngineException">A field expires and the target has no such thing; the message names the key.</exception>
    public async Task AddAsync(
        int database, IReadOnlyList<(byte[] Key, byte[][] Fields)> hashes, TargetWrites writes, CancellationToken cancellationToken)
    {
        if (!_sourceHas || hashes.Count == 0)
        {
            return;
        }

        RespBatch reads = new();
        foreach ((byte[] key, byte[][] fields) in hashes)
        {
            reads.Command("HPEXPIRETIME", fields.Length + 3).Argument(key).Argument("FIELDS").Argument(fields.Length);
            foreach (byte[] field in fields)
            {
                reads.Argument(field);
            }
        }

        RespReply[] replies = await source.SendAsync(database, reads, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < replies.Length; i++)
        {
            Add(database, hashes[i].Key, hashes[i].Fields, replies[i].Items ?? [], writes);
        }
    }

    private void Add(int database, byte[] key, byte[][] fields, RespReply[] expiries, TargetWrites writes)
    {
        for (int i = 0; i < expiries.Length && i < fields.Length; i++)
        {
            if (expiries[i].Integer is not >= 0)
            {
                continue; // -1: does not expire; -2: gone meanwhile
            }

            if (!_targetHas)
            {
                throw new EngineException(
                    $"field {CopiedKey.Name(fields[i])} of key {CopiedKey.Name(key)} in database {database} has a time to live, and "
                    + $"{target.Engine.Capabilities.DisplayName} has none for single fields");
            }

            writes.For(key).Command("HPEXPIREAT", 5).Argument(key).Argument(expiries[i].Bytes)
                .Argument("FIELDS").Argument(1).Argument(fields[i]);
        }
    }
}
