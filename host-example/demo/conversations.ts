import { emma, jonas, novak, type DemoPerson } from './people.js';

export interface SeededConversation {
  readonly customer: DemoPerson;
  readonly dentist: DemoPerson;
  /** In the order of sending. */
  readonly lines: readonly Line[];
  /** How many of the last lines nobody has read yet. */
  readonly unread: number;
}

export type Line = { readonly from: DemoPerson; readonly text: string; readonly photos?: readonly string[] } & (
  { readonly daysAgo: number; readonly time: string } | { readonly minutesAgo: number }
);

type Said = readonly [time: string, from: DemoPerson, text: string, photos?: readonly string[]];

/** One day of a conversation. */
function day(daysAgo: number, lines: readonly Said[]): readonly Line[] {
  return lines.map(([time, from, text, photos = []]) => ({ from, text, photos, daysAgo, time }));
}

const emmaAndNovak: SeededConversation = {
  customer: emma,
  dentist: novak,
  unread: 2,
  lines: [
    ...day(64, [
      ['16:02', emma, 'Hi Dr. Novak, I picked up my aligners today. The first one is in!'],
      ['16:20', novak, 'Lovely, Emma. How does it feel?'],
      ['16:21', emma, 'Tight. And I sound like a cartoon snake.'],
      ['16:24', novak, 'Both pass within two or three days. Reading aloud for ten minutes helps with the lisp.'],
      ['16:25', novak, 'Wear them 20 to 22 hours a day, out only for meals and brushing.'],
      ['16:31', emma, 'Will do. Is some soreness normal?'],
      ['16:33', novak, 'Yes, mostly on the first two days of each new tray. It means the teeth are moving.'],
      ['16:34', emma, 'Then they are moving a lot 😄'],
    ]),
    ...day(61, [
      ['08:12', emma, 'Day 4: the lisp is gone. My cat has stopped staring at me.'],
      ['09:40', novak, 'That was quick! Any sharp edges?'],
      ['09:52', emma, 'One small spot, upper left, on the inside.'],
      [
        '10:05',
        novak,
        'You can smooth it with a clean nail file, two or three light strokes. If it still bothers you, come by.',
      ],
      ['12:18', emma, 'Worked perfectly, thank you!'],
    ]),
    ...day(57, [
      ['18:30', emma, 'Tomorrow I change to tray 2. Morning or evening?'],
      ['18:47', novak, 'Evening is kinder: you sleep through the tightest hours.'],
      ['18:48', emma, 'Clever. Evening it is.'],
    ]),
    ...day(50, [
      ['07:55', emma, 'Tray 2 in since yesterday evening. You were right, I noticed almost nothing.'],
      ['08:30', novak, 'Glad to hear it.'],
      ['13:02', emma, 'May I drink coffee with them in?'],
      ['13:15', novak, 'Better not: heat bends the plastic and coffee stains it. Cool water is fine at any time.'],
      ['13:16', emma, 'I was afraid you would say that ☕'],
      ['13:20', novak, 'Coffee, rinse, tray back in. Fifteen minutes are no harm.'],
    ]),
    ...day(43, [
      [
        '19:10',
        emma,
        'Tray 3. Here is a picture of the old one beside the new one, the difference is tiny!',
        ['two-trays.jpg'],
      ],
      ['19:44', novak, 'Each tray moves a tooth by about a quarter of a millimetre. Tiny on purpose.'],
      ['19:46', emma, 'So patience it is.'],
      ['19:47', novak, 'Patience and 22 hours.'],
    ]),
    ...day(38, [
      ['12:01', emma, 'Small accident: I left the trays out for most of Saturday. A wedding.'],
      ['12:24', novak, 'It happens. Does the current one still sit all the way down?'],
      ['12:26', emma, 'A bit of a gap at the front teeth.'],
      [
        '12:31',
        novak,
        'Then stay on this tray for three days longer, and bite on a chewie twice a day, five minutes each.',
      ],
      ['12:33', emma, 'Three more days, chewie twice a day. Got it.'],
      ['12:34', novak, 'And I hope it was a good wedding!'],
      ['12:40', emma, 'The best. The cake was worth the gap.'],
    ]),
    ...day(34, [
      ['08:05', emma, 'Gap closed! Changing to tray 4 tonight.'],
      ['08:50', novak, 'Well done. That was quick work.'],
    ]),
    ...day(29, [
      [
        '20:14',
        emma,
        'One of the little attachments came off while I was eating. Upper right, the third tooth from the front.',
      ],
      ['20:15', emma, 'It does not hurt. Should I be worried?'],
      ['20:41', novak, 'No need to worry. Keep wearing the tray as before; the others hold it in place.'],
      ['20:42', novak, 'I will put a new one on. Thursday at 8:30, or Friday at 16:00?'],
      ['20:50', emma, 'Friday at 16:00 would be great.'],
      ['20:52', novak, 'It is in the book. Fifteen minutes, no drilling, promised.'],
    ]),
    ...day(25, [
      ['17:05', emma, 'Thank you for the quick repair today. I did not feel a thing.'],
      ['17:30', novak, 'My pleasure. Crunchy bread in small pieces for a day or two, please.'],
      ['17:31', emma, 'Soup weekend. Understood.'],
    ]),
    ...day(20, [
      ['19:30', emma, 'Tray 5 is in. Here is where it lives when I eat, I finally bought a proper case:', ['case.jpg']],
      ['19:58', novak, 'Very good. Wrapped in a napkin is how most of them are lost.'],
      ['20:02', emma, 'Ask me how I know 🙈'],
    ]),
    ...day(15, [
      ['09:12', emma, 'How do I clean them best? They are getting a little cloudy.'],
      [
        '09:35',
        novak,
        'A soft brush and cool water, no toothpaste: it scratches. Once a week a cleaning tablet for 15 minutes.',
      ],
      ['09:36', emma, 'Oh! It was the toothpaste then.'],
      ['09:41', novak, 'Almost always is.'],
    ]),
    ...day(8, [
      ['18:21', emma, 'Two months today. Somebody at work asked whether I had done something with my hair.'],
      ['18:40', novak, 'The best compliment there is: something is different and nobody knows what.'],
      ['18:41', emma, 'I smiled. A lot.'],
    ]),
    ...day(1, [
      ['18:12', emma, 'Week 9, as you asked. Tray 6 clicks in without any effort now.', ['week-nine.jpg']],
      ['18:13', emma, 'Is this good enough, or shall I take it in daylight?'],
      ['18:55', novak, 'That is a good picture. The rotation on the left canine is nearly done.'],
      ['18:56', novak, 'Look how even the line is now, compared to tray 1.'],
      ['19:03', emma, 'I had not even noticed. That makes me really happy!'],
    ]),
    { from: novak, text: 'You can change to tray 7 on Sunday evening, as planned.', minutesAgo: 52 },
    { from: novak, text: 'And please send me one more photo after the first week with it. No hurry.', minutesAgo: 51 },
  ],
};

const jonasAndNovak: SeededConversation = {
  customer: jonas,
  dentist: novak,
  unread: 2,
  lines: [
    ...day(3, [
      ['10:02', jonas, 'Good morning Dr. Novak, thank you for the consultation yesterday.'],
      ['10:30', novak, 'Good morning Jonas, it was nice to meet you. Did you have time to look at the plan?'],
      ['10:34', jonas, 'I did. Fourteen trays sound less frightening than I thought.'],
      ['10:36', novak, 'And the first ones are the gentlest. Take your time to decide.'],
    ]),
    ...day(2, [['21:15', jonas, 'I have decided: I would like to begin!']]),
    ...day(1, [
      [
        '08:05',
        novak,
        'Wonderful. I will order the trays today; they take about two weeks. We will call you for the fitting.',
      ],
      ['08:20', jonas, 'Great, thank you.'],
    ]),
    { from: jonas, text: 'One more question: I play the trumpet. Will I still be able to play?', minutesAgo: 24 },
    { from: jonas, text: 'We have a concert in three weeks, so I am a little nervous.', minutesAgo: 23 },
  ],
};

export const conversations: readonly SeededConversation[] = [emmaAndNovak, jonasAndNovak];
