namespace Azure.Messaging.ServiceBus;

/// <summary>How often, how far apart and for how long an operation is tried.</summary>
public class ServiceBusRetryOptions
{
    const int MostRetries = 100;
    static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(1);
    static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);
    static readonly TimeSpan LongestTry = TimeSpan.FromHours(1);

    /// <summary>Whether waits grow; <see cref="ServiceBusRetryMode.Exponential"/> unless set.</summary>
    public ServiceBusRetryMode Mode { get; set; } = ServiceBusRetryMode.Exponential;

    /// <summary>How often an operation is tried again after the first try: 0 to 100, 3 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    public int MaxRetries
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(MaxRetries));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MostRetries, nameof(MaxRetries));
            field = value;
        }
    } = 3;

    /// <summary>The wait, or in exponential mode what it is computed from: 1 ms to 5 min, 0.8 s unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    public TimeSpan Delay
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, ShortestDelay, nameof(Delay));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, LongestDelay, nameof(Delay));
            field = value;
        }
    } = TimeSpan.FromSeconds(0.8);

    /// <summary>The longest wait, not negative, 1 min unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan MaxDelay
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(MaxDelay));
            field = value;
        }
    } = TimeSpan.FromMinutes(1);

    /// <summary>The longest time one try may take, at most 1 h, 1 min unless set.</summary>
    /// <exception cref="ArgumentException">The value is negative.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is over 1 h.</exception>
    public TimeSpan TryTimeout
    {
        get;
        set
        {
            if (value < TimeSpan.Zero)
                throw new ArgumentException("A try cannot take a negative time. Give TryTimeout a positive one.", nameof(value));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, LongestTry, nameof(TryTimeout));
            field = value;
        }
    } = TimeSpan.FromMinutes(1);

    /// <summary>A policy that is asked instead of the other options.</summary>
    public ServiceBusRetryPolicy? CustomRetryPolicy { get; set; }

    internal ServiceBusRetryOptions Copy() => (ServiceBusRetryOptions)MemberwiseClone();
}
