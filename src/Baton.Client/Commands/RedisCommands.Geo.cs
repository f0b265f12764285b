namespace Baton.Client;

/// <summary>Places on the earth.</summary>
public abstract partial class RedisCommands
{
    /// <summary>GEOADD: true when the member is new.</summary>
    public ValueTask<bool> GeoAddAsync(
        RedisKey key, RedisValue member, GeoPosition position, CancellationToken cancellationToken = default) =>
        WriteAsync("GEOADD"u8, KeyReplies.AnyDone, cancellationToken, key, position.Longitude, position.Latitude, member);

    /// <summary>
    /// GEOADD: how many of the members are new (with <see cref="ZAddOptions.CountChanged"/>: or moved). NX, XX and CH count here.
    /// </summary>
    public ValueTask<long> GeoAddAsync(
        RedisKey key,
        ReadOnlySpan<(RedisValue Member, GeoPosition Position)> members,
        ZAddOptions options = ZAddOptions.None,
        CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("GEOADD"u8);
        command.Add(key);
        AddOptions(ref command, options);
        foreach (var (member, position) in members)
        {
            command.AddDouble(position.Longitude);
            command.AddDouble(position.Latitude);
            command.Add(member);
        }

        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }

    /// <summary>GEODIST: the distance; null when one of them is missing.</summary>
    public ValueTask<double?> GeoDistAsync(
        RedisKey key, RedisValue first, RedisValue second, GeoUnit unit = GeoUnit.Meters, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("GEODIST"u8, CommandTraits.ReadOnly);
        command.Add(key);
        command.Add([first, second]);
        command.Add(unit);
        return SendAsync(ref command, ReplyReaders.NullableDouble, cancellationToken);
    }

    /// <summary>GEOHASH: standard geohashes in the members' order, null for missing ones.</summary>
    public ValueTask<string?[]> GeoHashAsync(
        RedisKey key, ReadOnlySpan<RedisValue> members, CancellationToken cancellationToken = default) =>
        ValuesAsync<string?[]>("GEOHASH"u8, CommandTraits.ReadOnly, key, members, ReplyReaderFor<string>.Array, cancellationToken);

    /// <summary>GEOPOS: places in the members' order, null for missing ones.</summary>
    public ValueTask<GeoPosition?[]> GeoPosAsync(
        RedisKey key, ReadOnlySpan<RedisValue> members, CancellationToken cancellationToken = default) =>
        ValuesAsync("GEOPOS"u8, CommandTraits.ReadOnly, key, members, GeoReplies.Positions, cancellationToken);

    /// <summary>GEOSEARCH ... WITHCOORD WITHDIST: members inside the area.</summary>
    public ValueTask<GeoMatch[]> GeoSearchAsync(
        RedisKey key, GeoArea area, GeoSearchOptions options = default, CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("GEOSEARCH"u8, CommandTraits.ReadOnly);
        command.Add(key);
        area.WriteTo(ref command);
        options.WriteTo(ref command);
        command.AddBytes("WITHCOORD"u8);
        command.AddBytes("WITHDIST"u8);
        return SendAsync(ref command, GeoReplies.Matches, cancellationToken);
    }

    /// <summary>GEOSEARCHSTORE: how many members <paramref name="destination"/> has now.</summary>
    /// <param name="destination">Where they go.</param>
    /// <param name="source">Where they come from.</param>
    /// <param name="area">The area.</param>
    /// <param name="options">Count and order.</param>
    /// <param name="storeDistances">Whether scores are distances instead of places. Default: places.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<long> GeoSearchStoreAsync(
        RedisKey destination,
        RedisKey source,
        GeoArea area,
        GeoSearchOptions options = default,
        bool storeDistances = false,
        CancellationToken cancellationToken = default)
    {
        var command = CommandWriter.Begin("GEOSEARCHSTORE"u8);
        command.Add(destination);
        command.Add(source);
        area.WriteTo(ref command);
        options.WriteTo(ref command);
        command.AddIf(storeDistances, "STOREDIST"u8);
        return SendAsync(ref command, ReplyReaders.Int64, cancellationToken);
    }
}
