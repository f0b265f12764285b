namespace Baton.Client;

/// <summary>How GEOSEARCH answers.</summary>
/// <param name="Count">At most so many; null for all.</param>
/// <param name="Any">Whether the first ones found will do instead of the nearest.</param>
/// <param name="Descending">Farthest first instead of nearest first.</param>
public readonly record struct GeoSearchOptions(long? Count = null, bool Any = false, bool Descending = false)
{
    internal void WriteTo(ref CommandWriter command)
    {
        command.AddBytes(Descending ? "DESC"u8 : "ASC"u8);
        command.AddIf("COUNT"u8, Count);
        command.AddIf(Any && Count is not null, "ANY"u8);
    }
}
