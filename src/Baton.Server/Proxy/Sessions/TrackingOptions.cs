using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Io;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// What CLIENT TRACKING ON asks for, kept so that it can be asked for again on another instance. Whether the words go together is for the engine to
/// say. Immutable.
/// </summary>
/// <param name="OptIn">Only reads behind CLIENT CACHING YES are tracked.</param>
/// <param name="OptOut">Reads behind CLIENT CACHING NO are not tracked.</param>
/// <param name="Broadcast">Every change of a key with one of the prefixes is told, read or not.</param>
/// <param name="NoLoop">The connection's own writes are not told.</param>
/// <param name="Prefixes">Of <paramref name="Broadcast"/>; none = all keys.</param>
/// <param name="Redirect">The CLIENT ID of the connection that is told instead of the one that reads.</param>
internal sealed record TrackingOptions(bool OptIn, bool OptOut, bool Broadcast, bool NoLoop, IReadOnlyList<byte[]> Prefixes, long? Redirect)
{
    /// <summary><c>CLIENT TRACKING ON|OFF [option ...]</c>; false: <paramref name="error"/> says why.</summary>
    public static bool TryParse(CommandFrame command, out TrackingOptions options, out string error)
    {
        (bool optIn, bool optOut, bool broadcast, bool noLoop) = (false, false, false, false);
        List<byte[]> prefixes = [];
        long? redirect = null;
        error = "";
        for (int i = 3; i < command.Count && error.Length == 0; i++)
        {
            bool hasValue = i + 1 < command.Count;
            if (command.Is(i, "REDIRECT"u8) && hasValue)
            {
                long id = 0;
                error = redirect is not null ? "ERR A client can only redirect to a single other client"
                    : command.TryInteger(++i, out id) ? "" : "ERR value is not an integer or out of range";
                redirect = id;
            }
            else if (command.Is(i, "PREFIX"u8) && hasValue)
            {
                prefixes.Add(command[++i].ToArray());
            }
            else
            {
                optIn |= command.Is(i, "OPTIN"u8);
                optOut |= command.Is(i, "OPTOUT"u8);
                broadcast |= command.Is(i, "BCAST"u8);
                noLoop |= command.Is(i, "NOLOOP"u8);
                bool known = command.Is(i, "OPTIN"u8) || command.Is(i, "OPTOUT"u8) || command.Is(i, "BCAST"u8) || command.Is(i, "NOLOOP"u8);
                error = known ? "" : "ERR syntax error";
            }
        }

        options = new TrackingOptions(optIn, optOut, broadcast, noLoop, prefixes, redirect);
        return error.Length == 0;
    }

    /// <summary>After another CLIENT TRACKING ON: its words count, and its prefixes come on top.</summary>
    public TrackingOptions Then(TrackingOptions next) => next with { Prefixes = [.. Prefixes, .. next.Prefixes] };

    /// <summary>The prefixes as a server lists them: each once, in order, and the empty one when none was given.</summary>
    public List<byte[]> ListPrefixes() => !Broadcast ? []
        : Prefixes.Count == 0 ? [[]]
        : [.. Prefixes.DistinctBy(Convert.ToHexString).OrderBy(Convert.ToHexString, StringComparer.Ordinal)];

    /// <summary>The whole command.</summary>
    /// <param name="output">Gets it.</param>
    /// <param name="redirect">What the engine calls the connection that is to be told, when that is another.</param>
    public void Write(OutputBuffer output, long? redirect)
    {
        List<byte[]> words = ["CLIENT"u8.ToArray(), "TRACKING"u8.ToArray(), "ON"u8.ToArray()];
        AddIf(OptIn, "OPTIN"u8);
        AddIf(OptOut, "OPTOUT"u8);
        AddIf(Broadcast, "BCAST"u8);
        AddIf(NoLoop, "NOLOOP"u8);
        foreach (byte[] prefix in Prefixes)
        {
            words.Add("PREFIX"u8.ToArray());
            words.Add(prefix);
        }

        if (redirect is { } id)
        {
            words.Add("REDIRECT"u8.ToArray());
            words.Add(Encoding.ASCII.GetBytes(id.ToString(CultureInfo.InvariantCulture)));
        }

        RespWriter.WriteArrayHeader(output, words.Count);
        words.ForEach(word => RespWriter.WriteBulk(output, word));

        void AddIf(bool wanted, ReadOnlySpan<byte> word)
        {
            if (wanted)
            {
                words.Add(word.ToArray());
            }
        }
    }
}
