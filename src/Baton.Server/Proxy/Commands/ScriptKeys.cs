using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text;
using Baton.Protocol.Commands;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// What can be seen of a script's keys without running it: over several shards a script runs on one, and what it does to keys of another shard's slots would
/// be done in the wrong place without anybody noticing.
/// <code>
/// redis.call('GET', KEYS[1])          declared: fine
/// redis.call('GET', 'counter')        written out: must be of the shard the script runs on, and says which that is when KEYS says nothing
/// redis.call('GET', ARGV[1])          cannot be seen
/// redis.call('PUBLISH', ...)          names no key, and is right on any shard
/// redis.call('FLUSHALL')              about all shards: refused
/// </code>
/// Whatever is not written as <c>redis.call(</c> with the command's name as a string counts as not seen. Immutable.
/// </summary>
internal sealed class ScriptKeys
{
    private const string UnknownArgument = "\u0001?";

    private static readonly FrozenSet<string> OnAnyShard = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "PUBLISH", "TIME", "PING", "ECHO", "COMMAND", "SELECT", "LOLWUT");

    private static readonly FrozenSet<string> AboutAllShards = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "FLUSHALL", "FLUSHDB", "SWAPDB", "KEYS", "SCAN", "DBSIZE", "RANDOMKEY");

    /// <summary>Members of <c>redis</c> that touch no data.</summary>
    private static readonly FrozenSet<string> Harmless = FrozenSet.Create(
        StringComparer.Ordinal, "sha1hex", "error_reply", "status_reply", "log", "setresp", "set_repl", "replicate_commands", "breakpoint", "debug",
        "LOG_DEBUG", "LOG_VERBOSE", "LOG_NOTICE", "LOG_WARNING", "REPL_ALL", "REPL_AOF", "REPL_REPLICA", "REPL_SLAVE", "REPL_NONE", "REDIS_VERSION",
        "REDIS_VERSION_NUM", "acl_check_cmd");

    /// <summary>Ways to reach <c>redis</c> without saying it.</summary>
    private static readonly FrozenSet<string> Hidden = FrozenSet.Create(
        StringComparer.Ordinal, "_G", "getfenv", "setfenv", "load", "loadstring", "dofile", "loadfile", "require");

    private static readonly ConditionalWeakTable<byte[], ScriptKeys> Known = [];

    private readonly List<byte[]> _written = [];

    private ScriptKeys()
    {
    }

    /// <summary>Keys that stand in the script as they are.</summary>
    public IReadOnlyList<byte[]> Written => _written;

    /// <summary>It may use keys that cannot be seen.</summary>
    public bool HasUnseen { get; private set; }

    /// <summary>A command in it that concerns all shards, in upper case; null: none was seen.</summary>
    public string? WholeDatabase { get; private set; }

    /// <summary>Looks at a script, once as long as it is remembered.</summary>
    public static ScriptKeys Of(ScriptCache scripts, ReadOnlySpan<byte> script) =>
        scripts.TryFind(Encoding.ASCII.GetBytes(scripts.Remember(script)), out _, out byte[] body) ? Of(body) : Read(script);

    /// <summary>Looks at a script that is remembered, once.</summary>
    public static ScriptKeys Of(byte[] remembered) => Known.GetValue(remembered, static body => Read(body));

    /// <summary>Looks at a script.</summary>
    public static ScriptKeys Read(ReadOnlySpan<byte> script)
    {
        ScriptKeys keys = new();
        List<LuaToken> tokens = new LuaTokenizer(Encoding.Latin1.GetString(script)).ReadAll();
        for (int i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind != LuaTokenKind.Name || (i > 0 && tokens[i - 1].Is(".")))
            {
                continue;
            }

            keys.HasUnseen |= Hidden.Contains(tokens[i].Text);
            if (tokens[i].Text is "redis" or "server")
            {
                keys.LookAtUse(tokens, i);
            }
        }

        return keys;
    }

    private void LookAtUse(List<LuaToken> tokens, int at)
    {
        string member = at + 2 < tokens.Count && tokens[at + 1].Is(".") && tokens[at + 2].Kind == LuaTokenKind.Name ? tokens[at + 2].Text : "";
        if (member is "call" or "pcall" && at + 4 < tokens.Count && tokens[at + 3].Is("(") && tokens[at + 4].Kind == LuaTokenKind.Text)
        {
            LookAtCall(ArgumentsFrom(tokens, at + 4));
        }
        else
        {
            HasUnseen |= !Harmless.Contains(member);
        }
    }

    /// <summary>The arguments of a call as strings; one that is no string alone is <see cref="UnknownArgument"/>, <c>KEYS[...]</c> is null.</summary>
    private static List<string?> ArgumentsFrom(List<LuaToken> tokens, int at)
    {
        List<string?> arguments = [];
        int depth = 0;
        int start = at;
        for (; at < tokens.Count; at++)
        {
            LuaToken token = tokens[at];
            bool ends = depth == 0 && (token.Is(",") || token.Is(")"));
            if (ends)
            {
                arguments.Add(Argument(tokens.GetRange(start, at - start)));
                start = at + 1;
                if (token.Is(")"))
                {
                    break;
                }
            }
            else if (token.Is("(") || token.Is("{") || token.Is("["))
            {
                depth++;
            }
            else if (token.Is(")") || token.Is("}") || token.Is("]"))
            {
                depth--;
            }
        }

        return arguments;
    }

    private static string? Argument(List<LuaToken> tokens) => tokens switch
    {
        [{ Kind: LuaTokenKind.Text } alone] => alone.Text,
        [{ Kind: LuaTokenKind.Other } number] when number.Text.All(char.IsAsciiDigit) => number.Text,
        [{ Kind: LuaTokenKind.Name, Text: "KEYS" }, var open, _, var close] when open.Is("[") && close.Is("]") => null,
        _ => UnknownArgument,
    };

    private void LookAtCall(List<string?> arguments)
    {
        string name = arguments[0]!.ToUpperInvariant();
        if (AboutAllShards.Contains(name))
        {
            WholeDatabase ??= name;
            return;
        }

        if (OnAnyShard.Contains(name))
        {
            return;
        }

        // The whole command, with a stand-in for what is not known: then the table says where its keys are. A list of arguments of unknown length
        // (unpack) may hold keys anywhere behind it.
        ArrayBufferWriter<byte> bytes = new();
        RespWriter.WriteArrayHeader(bytes, arguments.Count);
        foreach (string? argument in arguments)
        {
            RespWriter.WriteBulk(bytes, Encoding.Latin1.GetBytes(argument ?? UnknownArgument));
        }

        RequestScanner scanner = new();
        CommandInfo? info = scanner.Scan(bytes.WrittenSpan) == ScanStatus.Complete
            ? CommandTable.Redis.Find(scanner.Argument(bytes.WrittenSpan, 0), scanner.ArgumentCount > 1 ? scanner.Argument(bytes.WrittenSpan, 1) : default)
            : null;
        int[] indexes = new int[arguments.Count];
        int count = info is null ? -1 : KeyFinder.Find(info, scanner, bytes.WrittenSpan, indexes);
        HasUnseen |= count <= 0;
        for (int i = 0; i < count; i++)
        {
            if (arguments[indexes[i]] is not { } key)
            {
                continue;
            }

            if (key == UnknownArgument)
            {
                HasUnseen = true;
            }
            else
            {
                _written.Add(Encoding.Latin1.GetBytes(key));
            }
        }
    }
}
