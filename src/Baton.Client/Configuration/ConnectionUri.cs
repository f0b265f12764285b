namespace Baton.Client;

/// <summary>Connection strings that are URIs.</summary>
internal static class ConnectionUri
{
    /// <summary>Reads one; it holds <c>://</c>.</summary>
    /// <exception cref="ArgumentException">It cannot be read; the text names the part and never shows the password.</exception>
    public static RedisClientOptions Parse(string text)
    {
        var colon = text.IndexOf("://", StringComparison.Ordinal);
        var rest = text[(colon + 3)..];
        var isUnix = false;
        var usesTls = false;
        switch (text[..colon].ToLowerInvariant())
        {
            case "redis":
                break;
            case "rediss":
                usesTls = true;
                break;
            case "unix" or "redis+unix":
                isUnix = true;
                break;
            default:
                throw OptionsBuilder.Wrong("the scheme", "must be redis, rediss, unix or redis+unix");
        }

        var builder = new OptionsBuilder(new RedisClientOptions()) { UsesTls = usesTls ? true : null };
        var (authority, path, query) = Split(rest);
        var places = ReadUser(builder, authority);
        if (isUnix)
        {
            ReadSocketPath(builder, places, path);
        }
        else
        {
            builder.Options = builder.Options with { Endpoints = EndpointText.ParseAll(places) };
            ReadDatabase(builder, path);
        }

        ReadQuery(builder, query);
        return builder.Build();
    }

    private static (string Authority, string Path, string Query) Split(string rest)
    {
        var end = rest.AsSpan().IndexOfAny("/?#");
        var (authority, tail) = end < 0 ? (rest, "") : (rest[..end], rest[end..]);
        if (tail.Contains('@', StringComparison.Ordinal))
        {
            throw OptionsBuilder.Wrong(
                "an @", "comes after the first / ? or #: in a user or password write / as %2F, ? as %3F and # as %23, and @ elsewhere as %40");
        }

        if (tail.Contains('#', StringComparison.Ordinal))
        {
            throw OptionsBuilder.Wrong("a #", "has no meaning here: write it as %23");
        }

        var question = tail.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? (authority, tail, "") : (authority, tail[..question], tail[(question + 1)..]);
    }

    /// <summary>Takes <c>user:password@</c> off.</summary>
    private static string ReadUser(OptionsBuilder builder, string authority)
    {
        var at = authority.LastIndexOf('@');
        if (at < 0)
        {
            return authority;
        }

        var user = authority[..at];
        var colon = user.IndexOf(':', StringComparison.Ordinal);
        var name = Decode(colon < 0 ? user : user[..colon], "the user");
        if (name.Length > 0)
        {
            builder.TrySet("user", name);
        }

        if (colon >= 0)
        {
            builder.TrySet("password", Decode(user[(colon + 1)..], "the password"));
        }

        return authority[(at + 1)..];
    }

    private static void ReadSocketPath(OptionsBuilder builder, string places, string path)
    {
        if (places.Length > 0)
        {
            throw OptionsBuilder.Wrong("a unix socket", "has no host: write unix:///path/of/socket, with three slashes");
        }

        var socket = Decode(path, "the path");
        if (socket.Length < 2)
        {
            throw OptionsBuilder.Wrong("the path", "of the unix socket is missing: write unix:///path/of/socket");
        }

        builder.Options = builder.Options with { Endpoints = [new RedisEndpoint(socket, 0)] };
    }

    private static void ReadDatabase(OptionsBuilder builder, string path)
    {
        var database = path.Trim('/');
        if (database.Length == 0)
        {
            return;
        }

        try
        {
            builder.TrySet("db", database);
        }
        catch (ArgumentException)
        {
            throw OptionsBuilder.Wrong("the path", "must be a database number from 0 to 65535, or nothing");
        }
    }

    private static void ReadQuery(OptionsBuilder builder, string query)
    {
        var index = 0;
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            index++;
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw OptionsBuilder.Wrong($"option {index} after the ?", "must be name=value");
            }

            var name = Decode(pair[..equals], $"option {index} after the ?");
            if (!builder.TrySet(name, Decode(pair[(equals + 1)..], $"the option {index} after the ?")))
            {
                // With the password before the ?, what comes after it is the writer's own.
                throw ConnectionList.Unknown(builder, name, index);
            }
        }
    }

    private static string Decode(string text, string part)
    {
        for (var percent = text.IndexOf('%', StringComparison.Ordinal); percent >= 0; percent = text.IndexOf('%', percent + 1))
        {
            if (percent + 2 >= text.Length || !char.IsAsciiHexDigit(text[percent + 1]) || !char.IsAsciiHexDigit(text[percent + 2]))
            {
                throw OptionsBuilder.Wrong(part, "has a % that two hexadecimal digits do not follow: write a percent sign as %25");
            }
        }

        return Uri.UnescapeDataString(text);
    }
}
