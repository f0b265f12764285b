using Microsoft.Extensions.Configuration;

namespace Baton.Client;

/// <summary>
/// Options from a configuration section, by the same table as connection strings: without reflection, and with errors that name the key.
/// </summary>
internal static class OptionsFromConfiguration
{
    private const string ConnectionString = "ConnectionString";
    private const string Endpoints = "Endpoints";
    private const string Maintenance = "Maintenance";
    private const string Tls = "Tls";

    /// <summary>Reads a section on top of what there is.</summary>
    /// <exception cref="ArgumentException">A key is unknown, or a value cannot be read; the text names it.</exception>
    public static RedisClientOptions Read(IConfiguration configuration, RedisClientOptions options)
    {
        var whole = (configuration as IConfigurationSection)?.Value ?? configuration[ConnectionString];
        if (whole is not null)
        {
            // What belongs to the process and not to the place stays.
            options = RedisClientOptions.Parse(whole) with { LoggerFactory = options.LoggerFactory, TimeProvider = options.TimeProvider };
        }

        var builder = new OptionsBuilder(options);
        foreach (var child in configuration.GetChildren())
        {
            ReadKey(builder, child);
        }

        return builder.Build();
    }

    private static void ReadKey(OptionsBuilder builder, IConfigurationSection section)
    {
        if (Is(section, ConnectionString))
        {
            return;
        }

        if (Is(section, Endpoints))
        {
            var places = section.Value ?? string.Join(',', section.GetChildren().Select(static place => place.Value));
            builder.Options = builder.Options with { Endpoints = EndpointText.ParseAll(places) };
            return;
        }

        if (section.Value is { } value)
        {
            Set(builder, section, section.Key, value);
            return;
        }

        foreach (var child in section.GetChildren())
        {
            var name = Is(section, Tls) ? TlsName(child) : Is(section, Maintenance) ? child.Key : throw Unknown(child);
            Set(builder, child, name, child.Value ?? throw Unknown(child));
        }

        builder.UsesTls ??= Is(section, Tls) ? true : null;
    }

    private static void Set(OptionsBuilder builder, IConfigurationSection section, string name, string value)
    {
        if (!builder.TrySet(name, value, section.Path))
        {
            throw Unknown(section);
        }
    }

    private static string TlsName(IConfigurationSection section) =>
        Is(section, "ServerName") ? "sslHost" : Is(section, "Protocols") ? "sslProtocols" : throw Unknown(section);

    private static bool Is(IConfigurationSection section, string key) => section.Key.Equals(key, StringComparison.OrdinalIgnoreCase);

    private static ArgumentException Unknown(IConfigurationSection section) =>
        new($"Redis options: the key {section.Path} is none of Baton.Client's options"
            + (OptionNames.WhyMeaningless(section.Key) is { } why ? $" ({why})." : "."));
}
