using System.Buffers;
using System.Buffers.Text;
using System.Collections.Frozen;
using Baton.Protocol.Resp;
using Baton.Server.Engines;

namespace Baton.Server.Proxy.Commands;

/// <summary>True when a command has the form that is meant.</summary>
internal delegate bool FormTest(CommandFrame command);

/// <summary>The same command in words the engine gets right.</summary>
internal delegate byte[] FormRewrite(CommandFrame command);

/// <summary>The error a plain server has for the command, or null.</summary>
internal delegate string? FormError(CommandFrame command);

/// <summary>A form of a command that an engine answers wrongly though it knows the command.</summary>
/// <param name="Command">Upper-case name.</param>
/// <param name="Form">Which form, for people.</param>
/// <param name="Matches">Recognizes it.</param>
/// <param name="Reason">What the engine does with it, and what to send instead. Empty where the proxy sends it in other words.</param>
/// <param name="Rewrite">The other words; null = refused.</param>
internal sealed record CommandForm(string Command, string Form, FormTest Matches, string Reason, FormRewrite? Rewrite = null)
{
    /// <summary>The plain server's own error for the form, where it is no more than an error there too.</summary>
    public FormError? Error { get; private init; }

    /// <summary>What is an error with a plain server, and must not reach the engine.</summary>
    public static CommandForm OwnError(string command, string form, FormError error) =>
        new(command, form, frame => error(frame) is not null, "") { Error = error };

    /// <summary>The error a client gets.</summary>
    public string RefusalOf(CommandFrame command) =>
        Error?.Invoke(command) ?? $"ERR {Command.Replace('|', ' ')} {Form}: the embedded engine {Reason}, or use --engine redis";
}

/// <summary>The forms of each engine. What an engine gets wrong as a whole is not in its command table.</summary>
internal static class CommandForms
{
    private static readonly CommandForm[] Garnet =
    [
        new("SET", "with EXAT or PXAT", HasAbsoluteExpiry, "has no such option; send SET and PEXPIREAT in MULTI"),
        new("BITFIELD", "with OVERFLOW SAT or FAIL", HasOverflow, "computes the wrong values; use WRAP"),
        new("BITPOS", "of a 0 without an end", IsOpenBitPos, "does not see the zeros behind the last byte; give start and end"),
        new("PFADD", "without elements", static command => command.Count == 2, "does not create an empty key; add an element"),
        .. ((string[])["EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"]).Select(
            name => new CommandForm(name, "with a negative time", IsInThePast, "", ExpireNow)),
        new("LATENCY|HISTOGRAM", "of named commands", static command => command.Count > 2, "knows none by these names; ask without names"),
        .. RangeForms.All,
        .. EmptyKeyForms.All,
    ];

    private static readonly FrozenDictionary<string, CommandForm[]> GarnetByName =
        Garnet.GroupBy(form => form.Command).ToFrozenDictionary(same => same.Key, same => same.ToArray(), StringComparer.OrdinalIgnoreCase);

    /// <summary>All forms of an engine.</summary>
    public static IReadOnlyList<CommandForm> Of(EngineKind kind) => kind == EngineKind.Garnet ? Garnet : [];

    /// <summary>The forms of a command that an engine gets wrong, or null; the first that matches counts.</summary>
    public static CommandForm[]? Find(EngineKind kind, string command) =>
        kind == EngineKind.Garnet ? GarnetByName.GetValueOrDefault(command) : null;

    // SET key value [NX | XX] [GET] [EX n | PX n | EXAT n | PXAT n | KEEPTTL]
    private static bool HasAbsoluteExpiry(CommandFrame command)
    {
        for (int i = 3; i < command.Count; i++)
        {
            if (command.Is(i, "EXAT"u8) || command.Is(i, "PXAT"u8))
            {
                return true;
            }

            if (command.Is(i, "EX"u8) || command.Is(i, "PX"u8))
            {
                i++;
            }
        }

        return false;
    }

    // BITFIELD key [GET type offset | SET type offset value | INCRBY type offset increment | OVERFLOW kind] ...
    private static bool HasOverflow(CommandFrame command)
    {
        for (int i = 2; i < command.Count;)
        {
            if (command.Is(i, "OVERFLOW"u8))
            {
                if (command.Is(i + 1, "SAT"u8) || command.Is(i + 1, "FAIL"u8))
                {
                    return true;
                }

                i += 2;
            }
            else
            {
                i += command.Is(i, "GET"u8) ? 3 : 4;
            }
        }

        return false;
    }

    // BITPOS key bit [start [end [BYTE | BIT]]]
    private static bool IsOpenBitPos(CommandFrame command) => command.Count is 3 or 4 && command[2].SequenceEqual("0"u8);

    // EXPIRE key seconds [NX | XX | GT | LT]: Redis deletes the key, Garnet refuses. What overflows is an error with both.
    private static bool IsInThePast(CommandFrame command) =>
        command.Count > 2
        && Utf8Parser.TryParse(command[2], out long time, out int used) && used == command[2].Length
        && time < 0 && (command.Entry.Info.Name[0] == 'P' || time >= long.MinValue / 1000);

    private static byte[] ExpireNow(CommandFrame command) => Reword(command, static (index, word) => index == 2 ? "0"u8 : word);

    /// <summary>The command with other words in places.</summary>
    internal static byte[] Reword(CommandFrame command, WordChange change)
    {
        ArrayBufferWriter<byte> output = new();
        RespWriter.WriteArrayHeader(output, command.Count);
        for (int i = 0; i < command.Count; i++)
        {
            RespWriter.WriteBulk(output, change(i, command[i]));
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>The word to send in the place of one.</summary>
    internal delegate ReadOnlySpan<byte> WordChange(int index, ReadOnlySpan<byte> word);
}
