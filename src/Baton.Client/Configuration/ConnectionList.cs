namespace Baton.Client;

/// <summary>Connection strings as StackExchange.Redis has them: places and options with commas between.</summary>
internal static class ConnectionList
{
    private const int DefaultTlsPort = 6380;

    /// <summary>Reads one.</summary>
    /// <exception cref="ArgumentException">It cannot be read; the text names the part and never shows the password.</exception>
    public static RedisClientOptions Parse(string text)
    {
        var builder = new OptionsBuilder(new RedisClientOptions());
        var places = new List<(string Text, string Part)>();
        var hasOptions = false;
        var index = 0;
        foreach (var part in text.Split(',').Select(static part => part.Trim()))
        {
            index++;
            if (part.Length == 0)
            {
                continue;
            }

            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 && hasOptions)
            {
                // Shown it would be if it were not for passwords with commas.
                throw OptionsBuilder.Wrong(
                    $"part {index}",
                    "is no option (name=value), and places come first; when it belongs to a password, use the form redis:// with %2C for the comma");
            }

            if (equals < 0)
            {
                places.Add((part, $"part {index}"));
                continue;
            }

            hasOptions = true;
            var name = part[..equals].Trim();
            if (!builder.TrySet(name, part[(equals + 1)..].Trim()))
            {
                throw Unknown(builder, name, index);
            }
        }

        if (places.Count == 0)
        {
            throw OptionsBuilder.Wrong("the text", "names no place to connect to: write host or host:port first");
        }

        // StackExchange.Redis takes another port for TLS when none is written.
        var port = builder.UsesTls == true ? DefaultTlsPort : RedisEndpoint.DefaultPort;
        builder.Options = builder.Options with { Endpoints = [.. places.Select(place => EndpointText.Parse(place.Text, place.Part, port))] };
        return builder.Build();
    }

    /// <summary>An error about a name that is no option here. Once there is a password, an unknown name may be a piece of it.</summary>
    public static ArgumentException Unknown(OptionsBuilder builder, string name, int index) =>
        OptionNames.WhyMeaningless(name) is { } why
            ? OptionsBuilder.Wrong($"the option {name}", $"of StackExchange.Redis has no meaning here ({why}): leave it out")
        : builder.Options.Password is null
            ? OptionsBuilder.Wrong($"the option {name}", "is unknown")
            : OptionsBuilder.Wrong($"option or part {index}", "has an unknown name, which is not shown because it may belong to the password");
}
