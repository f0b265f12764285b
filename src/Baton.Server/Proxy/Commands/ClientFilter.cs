using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>Which connections CLIENT LIST or CLIENT KILL means. Read by every loop once parsed.</summary>
internal sealed class ClientFilter
{
    private readonly HashSet<long> _ids = [];
    private string? _address;
    private string? _localAddress;
    private string? _type;
    private string? _user;
    private long? _maxAgeSeconds;
    private bool _skipSelf = true;

    /// <summary>The connection that asks: left out by KILL unless SKIPME no.</summary>
    public long SkipId { get; init; }

    /// <summary><c>CLIENT LIST [TYPE t] [ID id ...]</c>; null or the error.</summary>
    public string? ParseList(CommandFrame command)
    {
        _skipSelf = false;
        int i = 2;
        if (command.Is(i, "TYPE"u8) && command.Count == 4)
        {
            _type = command.Text(3).ToLowerInvariant();
            return IsKnownType(_type) ? null : $"ERR Unknown client type '{command.Text(3)}'";
        }

        if (command.Is(i, "ID"u8) && command.Count > 3)
        {
            for (i = 3; i < command.Count; i++)
            {
                if (!command.TryInteger(i, out long id))
                {
                    return "ERR Invalid client ID";
                }

                _ids.Add(id);
            }

            return null;
        }

        return command.Count > 2 ? "ERR syntax error" : null;
    }

    /// <summary><c>CLIENT KILL ip:port</c> or <c>CLIENT KILL option value ...</c>; null or the error.</summary>
    public string? ParseKill(CommandFrame command)
    {
        if (command.Count == 3)
        {
            _address = command.Text(2);
            _skipSelf = false;
            return null;
        }

        for (int i = 2; i < command.Count; i += 2)
        {
            string? error = i + 1 < command.Count ? ParseKillOption(command, i) : "ERR syntax error";
            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }

    /// <summary>The connection is meant.</summary>
    public bool Matches(ClientSession session) =>
        (!_skipSelf || session.State.Id != SkipId)
        && (_ids.Count == 0 || _ids.Contains(session.State.Id))
        && (_address is null || session.RemoteAddress?.ToString() == _address)
        && (_localAddress is null || session.LocalAddress?.ToString() == _localAddress)
        && (_user is null or "default")
        && (_type is null || _type == (session.IsSubscriber ? "pubsub" : "normal"))
        && (_maxAgeSeconds is null || (session.Loop.Io.NowMs - session.State.CreatedMs) / 1000 >= _maxAgeSeconds);

    private static bool IsKnownType(string type) => type is "normal" or "master" or "replica" or "slave" or "pubsub";

    private string? ParseKillOption(CommandFrame command, int i)
    {
        string value = command.Text(i + 1);
        switch (command.Text(i).ToUpperInvariant())
        {
            case "ID":
                bool isId = command.TryInteger(i + 1, out long id) && id > 0;
                _ids.Add(id);
                return isId ? null : "ERR client-id should be greater than 0";
            case "ADDR":
                _address = value;
                return null;
            case "LADDR":
                _localAddress = value;
                return null;
            case "USER":
                _user = value;
                return value == "default" ? null : $"ERR No such user '{value}'";
            case "TYPE":
                _type = value.ToLowerInvariant();
                return IsKnownType(_type) ? null : $"ERR Unknown client type '{value}'";
            case "SKIPME":
                _skipSelf = value.Equals("yes", StringComparison.OrdinalIgnoreCase);
                return _skipSelf || value.Equals("no", StringComparison.OrdinalIgnoreCase) ? null : "ERR syntax error";
            case "MAXAGE":
                bool valid = command.TryInteger(i + 1, out long age) && age > 0;
                _maxAgeSeconds = valid ? age : null;
                return valid ? null : "ERR maxage is not an integer or out of range";
            default:
                return "ERR syntax error";
        }
    }
}
