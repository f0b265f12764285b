namespace Baton.Client;

/// <summary>Which connections CLIENT KILL ends: those that meet all that is given.</summary>
/// <param name="Id">The connection of this number.</param>
/// <param name="Address">The one from this <c>address:port</c>.</param>
/// <param name="User">Those of this user.</param>
/// <param name="Type"><c>normal</c>, <c>master</c>, <c>replica</c> or <c>pubsub</c>.</param>
/// <param name="SkipMe">Whether the connection that asks is left out. Default: yes.</param>
public sealed record ClientKillFilter(
    long? Id = null, string? Address = null, string? User = null, string? Type = null, bool SkipMe = true)
{
    internal void WriteTo(ref CommandWriter command)
    {
        command.AddIf("ID"u8, Id);
        AddText(ref command, "ADDR"u8, Address);
        AddText(ref command, "USER"u8, User);
        AddText(ref command, "TYPE"u8, Type);
        command.AddBytes("SKIPME"u8);
        command.AddBytes(SkipMe ? "yes"u8 : "no"u8);
    }

    private static void AddText(ref CommandWriter command, scoped ReadOnlySpan<byte> word, string? text)
    {
        if (text is not null)
        {
            command.AddBytes(word);
            command.AddText(text);
        }
    }
}
