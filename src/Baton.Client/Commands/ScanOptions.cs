namespace Baton.Client;

/// <summary>What a scan looks for.</summary>
/// <param name="Match">A glob pattern; null for everything.</param>
/// <param name="PageSize">About how many elements the server looks at per request; null for its default, 10.</param>
/// <param name="Type">For SCAN: only keys of this type (<c>string</c>, <c>hash</c> ...); null for all.</param>
public readonly record struct ScanOptions(string? Match = null, int? PageSize = null, string? Type = null)
{
    internal void WriteTo(ref CommandWriter command)
    {
        if (Match is not null)
        {
            command.AddBytes("MATCH"u8);
            command.AddText(Match);
        }

        command.AddIf("COUNT"u8, PageSize);
        if (Type is not null)
        {
            command.AddBytes("TYPE"u8);
            command.AddText(Type);
        }
    }
}
